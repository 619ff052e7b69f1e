// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.io.ByteArrayInputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLevelsTest {

    private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final LogLevels levels = new LogLevels(config());

    @AfterEach
    void deactivate() {
        levels.deactivate();
        assertThat(loggers.getTurboFilterList()).isEmpty();
        assertThat(loggers.getCopyOfListenerList()).doesNotContain(levels);
    }

    @Test
    void aCommandIsNearerThanTheConfigurationAndThatThanTheFile() throws Exception {
        load("<logger name='a' level='WARN'/><root level='INFO'/>");

        levels.configure(config("a=ERROR", "b=DEBUG"));
        assertThat(isInfo("a.b")).isFalse();
        assertThat(LoggerFactory.getLogger("a").isWarnEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("b.c").isDebugEnabled()).isTrue();

        levels.set("a", Level.DEBUG);
        assertThat(LoggerFactory.getLogger("a.b").isDebugEnabled()).isTrue();

        levels.unset("a");
        assertThat(LoggerFactory.getLogger("a").isWarnEnabled()).isFalse();

        levels.configure(config());
        assertThat(LoggerFactory.getLogger("a").isWarnEnabled()).isTrue();
        assertThat(isInfo("a")).isFalse();
        assertThat(LoggerFactory.getLogger("b.c").isDebugEnabled()).isFalse();
    }

    @Test
    void theNearestLevelCounts() throws Exception {
        load("<logger name='a.b' level='WARN'/><root level='INFO'/>");

        levels.set("a", Level.TRACE);
        levels.set("ROOT", Level.OFF);

        assertThat(LoggerFactory.getLogger("a.c").isTraceEnabled()).isTrue();
        assertThat(isInfo("a.b.c")).isFalse();
        assertThat(LoggerFactory.getLogger("a.b.c").isWarnEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("x").isErrorEnabled()).isFalse();
    }

    @Test
    void outliveAFileThatIsLoadedAnew() throws Exception {
        load("<root level='INFO'/>");
        levels.set("a", Level.DEBUG);

        load("<logger name='a' level='DEBUG'/><logger name='c' level='ERROR'/><root level='WARN'/>");

        assertThat(LoggerFactory.getLogger("a").isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("c").isWarnEnabled()).isFalse();
        levels.set("a", Level.OFF);
        load("<logger name='a' level='INFO'/><root level='WARN'/>");
        assertThat(LoggerFactory.getLogger("a").isErrorEnabled()).isFalse();
        levels.unset("a");
        assertThat(isInfo("a")).isTrue();
        assertThat(LoggerFactory.getLogger("a").isDebugEnabled()).isFalse();
    }

    @Test
    void areListedWithWhoSaidSo() throws Exception {
        load("<root level='INFO'/>");
        levels.configure(config("a=warn"));
        levels.set("b", Level.OFF);

        assertThat(levels.levels())
                .containsExactly(
                        new LogReport.LoggerLevel("ROOT", "INFO", "logback.xml"),
                        new LogReport.LoggerLevel("a", "WARN", "configuration"),
                        new LogReport.LoggerLevel("b", "OFF", "command"));
    }

    @Test
    void whatIsWrongIsSaidAndTheRestCounts() {
        LevelSettings settings = LevelSettings.parse(new String[] {"a=LOUD", "b", "=INFO", "c=Debug"});

        assertThat(settings.levels()).containsOnlyKeys("c").containsValue(Level.DEBUG);
        assertThat(settings.problems())
                .containsExactly(
                        "levels 'a=LOUD': unknown level; allowed are TRACE, DEBUG, INFO, WARN, ERROR, OFF;"
                                + " it is left out",
                        "levels 'b': expected LOGGER=LEVEL; it is left out",
                        "levels '=INFO': expected LOGGER=LEVEL; it is left out");
    }

    private static boolean isInfo(String logger) {
        return LoggerFactory.getLogger(logger).isInfoEnabled();
    }

    /** As Logback does when its file has changed. */
    private void load(String content) throws Exception {
        loggers.reset();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(loggers);
        configurator.doConfigure(new ByteArrayInputStream(
                ("<configuration>" + content + "</configuration>").getBytes(StandardCharsets.UTF_8)));
    }

    private static LoggingConfig config(String... levels) {
        return new LoggingConfig() {
            @Override
            public String[] levels() {
                return levels;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return LoggingConfig.class;
            }
        };
    }
}
