// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.settings.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {

    @Test
    void withoutConfigurationItIsAsTheDriverDoesIt() {
        TlsSettings settings = cluster(Map.of());

        assertThat(settings.mode()).isEqualTo(TlsMode.PREFER);
        assertThat(settings.hasFiles()).isFalse();
        assertThat(mode(Map.of())).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "VERIFY_FULL", "", "verify-full "})
    void anUnknownModeIsRefusedWithThoseThatThereAre(String mode) {
        assertThatThrownBy(() -> cluster(Map.of("tls_mode", mode)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls.mode: '" + mode + "' is none of disable, prefer, require, verify-ca, verify-full");
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void whoVerifiesMustSayAgainstWhat(String mode) {
        assertThatThrownBy(() -> cluster(Map.of("tls_mode", mode)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls.root.certificate: is missing; tls.mode '" + mode + "'");
        assertThat(cluster(Map.of("tls_mode", mode, "tls_root_certificate", "/ca.pem"))
                        .mode())
                .hasToString(mode);
    }

    @Test
    void aCertificateWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> cluster(Map.of("tls_certificate", "/c.pem")))
                .hasMessage("tls.key: is missing; tls.certificate: '/c.pem' is of no use without its key");
        assertThatThrownBy(() -> mode(Map.of("tls_certificate", "/c.pem")))
                .hasMessageStartingWith("tls.key: is missing");
    }

    @Test
    void aKeyWithoutItsCertificateIsRefused() {
        assertThatThrownBy(() -> cluster(Map.of("tls_key", "/k.pem")))
                .hasMessage("tls.certificate: is missing; tls.key: '/k.pem' is of no use without its certificate");
        assertThatThrownBy(() -> mode(Map.of("tls_key", "/k.pem")))
                .hasMessageStartingWith("tls.certificate: is missing");
    }

    @ParameterizedTest
    @CsvSource({"ca.pem", "./ca.pem", "'\0'"})
    void aPathThatDependsOnTheWorkingFolderIsRefused(String path) {
        assertThatThrownBy(() -> cluster(Map.of("tls_root_certificate", path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls.root.certificate: '" + path + "': must be an absolute path");
    }

    @Test
    void aModesCertificateGoesBeforeTheClusters() {
        TlsSettings cluster = cluster(Map.of("tls_certificate", "/c.pem", "tls_key", "/c.key"));
        ClientCertificate own = mode(Map.of("tls_certificate", "/m.pem", "tls_key", "/m.key"));

        assertThat(cluster.with(null)).isEqualTo(cluster);
        assertThat(cluster.with(own).client()).isEqualTo(own);
        assertThat(cluster.with(own).mode()).isEqualTo(cluster.mode());
    }

    @Test
    void theFilesAreOfNoInterestWhenTlsIsOff() {
        assertThat(cluster(Map.of("tls_mode", "disable", "tls_root_certificate", "/ca.pem"))
                        .hasFiles())
                .isFalse();
    }

    @Test
    void aKeysPasswordPrintsAsStars() {
        TlsSettings cluster =
                cluster(Map.of("tls_certificate", "/c.pem", "tls_key", "/c.key", "_tls_key_password", "geheim"));

        assertThat(cluster.toString()).doesNotContain("geheim");
        assertThat(String.valueOf(cluster.client())).doesNotContain("geheim").contains("***");
    }

    /** With neither, the driver would take files from the user's home, and ask for a password on the console. */
    @Test
    void theDriverLooksForNothingByItself() {
        Properties properties = new Properties();

        Tls.withoutFiles(TlsMode.REQUIRE).into(properties);

        assertThat(properties)
                .containsEntry("sslmode", "require")
                .containsEntry("sslcert", "")
                .containsEntry("sslkey", "")
                .containsEntry("sslpassword", "");
    }

    @Test
    void theDriverIsToldWhereTheFilesAre() {
        Properties properties = new Properties();

        new Tls(TlsMode.VERIFY_FULL, Path.of("/f"), true, true, new Secret("s")).into(properties);

        assertThat(properties)
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslrootcert", "/f/root.pem")
                .containsEntry("sslcert", "/f/client.pem")
                .containsEntry("sslkey", "/f/client.der")
                .containsEntry("sslpassword", "s");
    }

    private static TlsSettings cluster(Map<String, Object> changes) {
        return ClusterSettings.of(
                        SettingsTest.ORIGIN,
                        SettingsTest.config(
                                ClusterConfig.class,
                                Map.of("cluster", "main", "nodes", new String[] {"n1=db1:5432"}, "database", "ucm"),
                                changes))
                .tls();
    }

    private static ClientCertificate mode(Map<String, Object> changes) {
        return ModeSettings.of(
                        SettingsTest.ORIGIN,
                        SettingsTest.config(
                                ModeConfig.class, Map.of("cluster", "main", "mode", "ADMIN", "user", "app"), changes))
                .certificate();
    }
}
