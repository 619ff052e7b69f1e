// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A self-signed certificate of 127.0.0.1 with its key, in PEM, made by the JDK's own tool. */
record TestKeys(String kind, String certificate, String key) {

    private static final String STORE_PASSWORD = "changeit";

    static final TestKeys RSA = make("RSA", "+0d");
    static final TestKeys OTHER_RSA = make("RSA", "+0d");
    static final TestKeys EC = make("EC", "+0d");
    static final TestKeys ED = make("Ed25519", "+0d");
    static final TestKeys EXPIRED = make("EC", "-10d");

    /** The key as {@code openssl pkcs8 -topk8} encrypts it. */
    String key(String password) {
        try {
            String algorithm = "PBEWithHmacSHA256AndAES_256";
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())));
            byte[] data = cipher.doFinal(der());
            // Java 17 refuses to write these parameters under the name that it reads them by.
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
            parameters.init(cipher.getParameters().getEncoded());
            return pem("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(parameters, data).getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Names of tests show it. */
    @Override
    public String toString() {
        return kind;
    }

    byte[] der() {
        return Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
    }

    static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    private static TestKeys make(String algorithm, String start) {
        try {
            Path folder = Files.createTempDirectory("ucm-keys-");
            Path store = folder.resolve("store.p12");
            try {
                Process tool = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-genkeypair",
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=" + algorithm,
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-startdate",
                                start,
                                "-validity",
                                "5",
                                "-alias",
                                "own",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                STORE_PASSWORD)
                        .redirectErrorStream(true)
                        .start();
                String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
                    throw new AssertionError(said);
                }
                return of(algorithm, store);
            } finally {
                Files.deleteIfExists(store);
                Files.delete(folder);
            }
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static TestKeys of(String kind, Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(file)) {
            store.load(stream, STORE_PASSWORD.toCharArray());
        }
        Certificate certificate = store.getCertificate("own");
        return new TestKeys(
                kind,
                pem("CERTIFICATE", certificate.getEncoded()),
                pem(
                        "PRIVATE KEY",
                        store.getKey("own", STORE_PASSWORD.toCharArray()).getEncoded()));
    }
}
