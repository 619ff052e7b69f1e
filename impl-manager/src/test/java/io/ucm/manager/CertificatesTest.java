// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CertificatesTest {

    @TempDir
    Path folder;

    private Path root;
    private Path certificate;
    private Path key;
    private Certificates certificates;

    @BeforeEach
    void goodFiles() throws IOException {
        root = Files.writeString(folder.resolve("ca.pem"), TestKeys.EC.certificate());
        certificate = Files.writeString(folder.resolve("client.pem"), TestKeys.RSA.certificate());
        key = Files.writeString(folder.resolve("client.key"), TestKeys.RSA.key());
        certificates = new Certificates(copies());
    }

    @Test
    void goodFilesAreInForceAtOnce() throws SQLException {
        TlsState state = read(settings(""));

        assertThat(state.problem()).isNull();
        assertThat(state.required().mode()).isEqualTo(TlsMode.VERIFY_FULL);
        assertThat(state.required().root()).isTrue();
        assertThat(state.required().client()).isTrue();
    }

    static Stream<TestKeys> kindsOfKeys() {
        return Stream.of(TestKeys.RSA, TestKeys.EC, TestKeys.ED);
    }

    @ParameterizedTest
    @MethodSource("kindsOfKeys")
    void keysOfEachKindAreTaken(TestKeys keys) throws IOException {
        Files.writeString(certificate, keys.certificate() + TestKeys.OTHER_RSA.certificate());
        Files.writeString(key, "some text first\n" + keys.key());

        assertThat(read(settings("")).problem()).isNull();
    }

    @ParameterizedTest
    @MethodSource("kindsOfKeys")
    void anEncryptedKeyIsTakenWithItsPassword(TestKeys keys) throws IOException {
        Files.writeString(certificate, keys.certificate());
        Files.writeString(key, keys.key("geheim"));

        assertThat(read(settings("geheim")).problem()).isNull();
        assertThat(read(settings("")).problem())
                .isEqualTo(
                        named("tls.key", key) + "is encrypted; set .tls.key.password, or use a key without a password");
        assertThat(read(settings("falsch")).problem())
                .startsWith(named("tls.key", key) + "can't be decrypted with .tls.key.password")
                .doesNotContain("falsch");
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws IOException {
        Files.delete(root);

        TlsState state = read(settings(""));

        assertThat(state.problem()).isEqualTo(named("tls.root.certificate", root) + "there is no such file");
        assertThat(state.stale()).isNull();
        assertThatThrownBy(state::required)
                .isInstanceOf(SQLException.class)
                .hasFieldOrPropertyWithValue("SQLState", "08001")
                .hasMessage(state.problem());
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        Files.delete(root);
        Files.createDirectory(root);

        assertThat(read(settings("")).problem())
                .isEqualTo(named("tls.root.certificate", root) + "is a folder; a PEM file is needed");
    }

    @Test
    void whatIsTooLargeIsNotRead() throws IOException {
        Files.write(root, new byte[(1 << 20) + 1]);

        assertThat(read(settings("")).problem())
                .isEqualTo(named("tls.root.certificate", root) + "is larger than 1048576 bytes; a PEM file is needed");
    }

    static List<String> noCertificates() {
        String whole = TestKeys.EC.certificate();
        return List.of(
                "",
                "no certificate",
                whole.substring(0, whole.length() / 2),
                whole + whole.substring(0, whole.length() / 2),
                TestKeys.EC.key());
    }

    @ParameterizedTest
    @MethodSource("noCertificates")
    void whatIsNoCertificateIsNamed(String content) throws IOException {
        Files.writeString(root, content);
        assertThat(read(settings("")).problem())
                .startsWith(named("tls.root.certificate", root) + "holds no certificate in PEM");

        goodFiles();
        Files.writeString(certificate, content);
        assertThat(read(settings("")).problem())
                .startsWith(named("tls.certificate", certificate) + "holds no certificate in PEM");
    }

    static List<TestKeys> foreignKeys() {
        return List.of(TestKeys.OTHER_RSA, TestKeys.EC);
    }

    @ParameterizedTest
    @MethodSource("foreignKeys")
    void aKeyOfAnotherCertificateIsNamed(TestKeys other) throws IOException {
        Files.writeString(key, other.key());

        assertThat(read(settings("")).problem())
                .isEqualTo(named("tls.key", key) + "is not the key of the certificate '" + certificate + "'");
    }

    @Test
    void aKeyInAnotherFormIsNamedWithTheWayOut() throws IOException {
        Files.writeString(key, TestKeys.RSA.key().replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        assertThat(read(settings("")).problem())
                .isEqualTo(named("tls.key", key) + "holds a RSA PRIVATE KEY; PKCS#8 is needed"
                        + " (BEGIN PRIVATE KEY), as 'openssl pkcs8 -topk8' writes it");

        goodFiles();
        Files.writeString(key, TestKeys.RSA.certificate());
        assertThat(read(settings("")).problem())
                .isEqualTo(named("tls.key", key)
                        + "holds no private key in PEM (BEGIN PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY)");
    }

    @Test
    void whatExpiredIsOnlyWarnedOf() throws IOException {
        Files.writeString(root, TestKeys.EXPIRED.certificate());
        TlsSettings settings = settings("");

        assertThat(read(settings).problem()).isNull();
        assertThat(new TlsContent(settings, TlsContent.Raw.read(settings)).warnings())
                .singleElement()
                .asString()
                .startsWith(named("tls.root.certificate", root) + "the certificate of CN=EC expired on ");
    }

    @Test
    void aRootCertificateThatChecksNobodyIsWarnedOf() {
        TlsSettings settings = new TlsSettings(TlsMode.REQUIRE, settings("").root(), null);

        assertThat(new TlsContent(settings, TlsContent.Raw.read(settings)).warnings())
                .containsExactly(named("tls.root.certificate", root)
                        + "is not used, because tls.mode 'require' checks no server's certificate;"
                        + " verify-ca and verify-full do");
    }

    @Test
    void nothingChangesWhileTheFilesDoNot() throws IOException {
        TlsSettings settings = settings("");
        TlsState before = read(settings);

        Files.writeString(key, TestKeys.RSA.key());
        assertThat(certificates.refresh(Set.of(settings))).isFalse();

        assertThat(certificates.state(settings)).isSameAs(before);
    }

    @Test
    void newContentIsInForceWhenItIsWhole() throws IOException {
        TlsSettings settings = settings("");
        TlsState before = read(settings);

        Files.writeString(certificate, TestKeys.OTHER_RSA.certificate());
        assertThat(certificates.refresh(Set.of(settings))).isTrue();
        TlsState half = certificates.state(settings);
        assertThat(half.inForce()).isEqualTo(before.inForce());
        assertThat(half.problem()).contains("is not the key of the certificate");
        assertThat(half.stale()).isEqualTo("the certificates from before stay in force: " + half.problem());

        Files.writeString(key, TestKeys.OTHER_RSA.key());
        assertThat(certificates.refresh(Set.of(settings))).isTrue();
        TlsState whole = certificates.state(settings);
        assertThat(whole.problem()).isNull();
        assertThat(whole.stale()).isNull();
        assertThat(whole.inForce()).isNotNull().isNotEqualTo(before.inForce());
    }

    @Test
    void filesThatComeBackAreTheSameContent() throws IOException {
        TlsSettings settings = settings("");
        TlsState before = read(settings);
        Files.delete(root);
        certificates.refresh(Set.of(settings));
        assertThat(certificates.state(settings).problem()).contains("there is no such file");

        goodFilesAgain();
        certificates.refresh(Set.of(settings));

        assertThat(certificates.state(settings)).isEqualTo(before);
    }

    @Test
    void filesThatComeLateAreTaken() throws IOException {
        TlsSettings settings = settings("");
        Files.delete(root);
        assertThat(read(settings).inForce()).isNull();
        assertThat(certificates.refresh(Set.of(settings))).isFalse();

        goodFilesAgain();

        assertThat(certificates.refresh(Set.of(settings))).isTrue();
        assertThat(certificates.state(settings).problem()).isNull();
    }

    @Test
    void whatWasNeverReadIsNotInForce() {
        assertThat(certificates.state(settings("")).inForce()).isNull();
        assertThat(certificates.state(settings("")).problem()).endsWith(": not read yet");
    }

    @Test
    void theDriverReadsACopyOfWhatWasChecked() throws Exception {
        Tls tls = read(settings("")).required();
        Files.writeString(root, "overwritten");

        Path copy = tls.folder();
        assertThat(Files.readString(copy.resolve(Tls.ROOT_FILE))).isEqualTo(TestKeys.EC.certificate());
        assertThat(Files.readString(copy.resolve(Tls.CERTIFICATE_FILE))).isEqualTo(TestKeys.RSA.certificate());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copies())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve(Tls.KEY_FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void noCopyHasTheKeyInClear() throws Exception {
        Tls tls = read(settings("")).required();

        String copied = HexFormat.of().formatHex(Files.readAllBytes(tls.folder().resolve(Tls.KEY_FILE)));
        String secret = HexFormat.of().formatHex(TestKeys.RSA.der(), 40, 80);
        assertThat(HexFormat.of().formatHex(TestKeys.RSA.der())).contains(secret);
        assertThat(copied).doesNotContain(secret);
        assertThat(tls.keyPassword().reveal()).hasSizeGreaterThan(30);
        assertThat(tls.toString()).doesNotContain(tls.keyPassword().reveal());
    }

    @Test
    void aCopyGoesWhenNobodyUsesIt() throws Exception {
        TlsSettings settings = settings("");
        Tls before = read(settings).required();
        Files.writeString(root, TestKeys.OTHER_RSA.certificate());
        certificates.refresh(Set.of(settings));
        Tls now = certificates.state(settings).required();

        certificates.sweep(Set.of(before));
        certificates.sweep(Set.of(before));
        assertThat(before.folder()).exists();

        certificates.sweep(Set.of());
        assertThat(before.folder()).exists();
        certificates.sweep(Set.of());
        assertThat(before.folder()).doesNotExist();
        assertThat(now.folder()).exists();
    }

    @Test
    void aCopyGoesWithTheConfigurationThatNamedIt() throws Exception {
        Tls before = read(settings("")).required();

        certificates.refresh(Set.of());
        certificates.sweep(Set.of());
        certificates.sweep(Set.of());

        assertThat(before.folder()).doesNotExist();
        assertThat(certificates.state(settings("")).inForce()).isNull();
    }

    @Test
    void noCopyOutlivesTheRun() throws IOException {
        read(settings(""));
        assertThat(copies()).isDirectory();

        certificates.close();
        assertThat(copies()).doesNotExist();

        Files.createDirectory(copies());
        Files.writeString(copies().resolve("of-a-killed-run"), "key", StandardCharsets.UTF_8);
        new Certificates(copies());
        assertThat(copies()).doesNotExist();
    }

    private TlsState read(TlsSettings settings) {
        certificates.refresh(Set.of());
        certificates.readNew(Set.of(settings));
        return certificates.state(settings);
    }

    private void goodFilesAgain() throws IOException {
        Files.writeString(root, TestKeys.EC.certificate());
    }

    private Path copies() {
        return folder.resolve("copies");
    }

    private TlsSettings settings(String password) {
        return new TlsSettings(
                TlsMode.VERIFY_FULL,
                PemFile.of(SettingsTest.ORIGIN, "tls.root.certificate", root.toString()),
                ClientCertificate.of(SettingsTest.ORIGIN, certificate.toString(), key.toString(), password));
    }

    private static String named(String attribute, Path file) {
        return SettingsTest.ORIGIN + ": " + attribute + ": '" + file + "': ";
    }
}
