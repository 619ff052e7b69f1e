// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads a private key in PKCS#8, checks whose it is, and encrypts it for the driver. Stateless. */
final class PemKey {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final byte[] PROBE = "whose key is this?".getBytes(StandardCharsets.US_ASCII);

    /** The strongest that drivers on Java 17 can undo: they don't know the parameters of PBES2. */
    private static final String ENCRYPTION = "PBEWithSHA1AndDESede";

    private PemKey() {}

    /** The private key of that public key; throws when it is another's, or can't be read. */
    static PrivateKey read(ClientCertificate client, byte[] pem, PublicKey owner) {
        PemFile file = client.key();
        Matcher block = block(file, pem);
        byte[] der = decoded(file, block.group(2));
        PrivateKey key =
                switch (block.group(1)) {
                    case "PRIVATE KEY" -> key(client, der, owner);
                    case "ENCRYPTED PRIVATE KEY" -> key(client, decrypted(client, der), owner);
                    default ->
                        throw file.wrong("holds a " + block.group(1) + "; PKCS#8 is needed"
                                + " (BEGIN PRIVATE KEY), as 'openssl pkcs8 -topk8' writes it");
                };
        if (!belongTogether(key, owner)) {
            throw foreign(client);
        }
        return key;
    }

    /** In the form that the driver takes with the password. */
    static byte[] encrypted(PrivateKey key, Secret password) throws GeneralSecurityException, IOException {
        Cipher cipher = Cipher.getInstance(ENCRYPTION);
        cipher.init(Cipher.ENCRYPT_MODE, secret(ENCRYPTION, password));
        byte[] data = cipher.doFinal(key.getEncoded());
        return new EncryptedPrivateKeyInfo(cipher.getParameters(), data).getEncoded();
    }

    private static Matcher block(PemFile file, byte[] pem) {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            if (block.group(1).endsWith("PRIVATE KEY")) {
                return block;
            }
        }
        throw file.wrong("holds no private key in PEM (BEGIN PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY)");
    }

    private static byte[] decoded(PemFile file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw file.wrong("its private key is no Base64");
        }
    }

    private static byte[] decrypted(ClientCertificate client, byte[] der) {
        if (client.password().reveal().isEmpty()) {
            throw client.key().wrong("is encrypted; set .tls.key.password, or use a key without a password");
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // Java 17 knows the algorithm by its parameters only.
            String algorithm =
                    info.getAlgName().equals("PBES2") ? info.getAlgParameters().toString() : info.getAlgName();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, secret(algorithm, client.password()), info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw client.key().wrong("can't be decrypted with .tls.key.password (" + e.getMessage() + ")");
        }
    }

    private static java.security.Key secret(String algorithm, Secret password) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password.reveal().toCharArray());
        try {
            return SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
        } finally {
            spec.clearPassword();
        }
    }

    private static PrivateKey key(ClientCertificate client, byte[] der, PublicKey owner) {
        try {
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            // A key of another algorithm can't be told from one that is broken.
            throw foreign(client);
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey owner) {
        try {
            Signature signature = Signature.getInstance(
                    switch (owner.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> owner.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(owner);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static IllegalArgumentException foreign(ClientCertificate client) {
        return client.key()
                .wrong("is not the key of the certificate '"
                        + client.certificate().path() + "'");
    }
}
