// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority, made for one test. Everything it gives is PEM. */
final class TestAuthority {

    /** A certificate with its key. */
    record Issued(X509CertificateHolder holder, KeyPair keys) {

        String certificate() {
            return pem(holder);
        }

        String key() {
            return key(null);
        }

        /** The key as {@code openssl pkcs8 -topk8} encrypts it. */
        String key(String password) {
            try {
                OutputEncryptor encryptor = password == null
                        ? null
                        : new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                .setProvider(new BouncyCastleProvider())
                                .setPassword(password.toCharArray())
                                .build();
                return pem(new JcaPKCS8Generator(keys.getPrivate(), encryptor));
            } catch (IOException | OperatorCreationException e) {
                throw new AssertionError(e);
            }
        }

        /** As pg_stat_ssl shows it. */
        String serial() {
            return holder.getSerialNumber().toString();
        }
    }

    private final X500Name name;
    private final Issued own;

    TestAuthority(String name) {
        this.name = new X500Name("CN=" + name);
        KeyPair keys = newKeys();
        try {
            this.own = new Issued(
                    signed(
                            builder(this.name, keys.getPublic())
                                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true)),
                            keys),
                    keys);
        } catch (CertIOException e) {
            throw new AssertionError(e);
        }
    }

    String certificate() {
        return own.certificate();
    }

    /** For a server that goes by these names: addresses or host names. */
    Issued server(String... names) {
        KeyPair keys = newKeys();
        GeneralName[] alternatives = Stream.of(names)
                .map(host -> new GeneralName(
                        Character.isDigit(host.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toArray(GeneralName[]::new);
        try {
            return new Issued(
                    signed(
                            builder(new X500Name("CN=server"), keys.getPublic())
                                    .addExtension(
                                            Extension.subjectAlternativeName, false, new GeneralNames(alternatives)),
                            own.keys()),
                    keys);
        } catch (CertIOException e) {
            throw new AssertionError(e);
        }
    }

    Issued client(String role) {
        KeyPair keys = newKeys();
        return new Issued(signed(builder(new X500Name("CN=" + role), keys.getPublic()), own.keys()), keys);
    }

    private X509v3CertificateBuilder builder(X500Name subject, PublicKey key) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(63, new SecureRandom()),
                Date.from(now.minus(1, ChronoUnit.DAYS)),
                Date.from(now.plus(5, ChronoUnit.DAYS)),
                subject,
                key);
    }

    private static X509CertificateHolder signed(X509v3CertificateBuilder builder, KeyPair by) {
        try {
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()));
        } catch (OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }
}
