// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTextTest {

    @Test
    void jsonKeepsTypes() throws InvalidFileException {
        Map<String, Object> values = JsonValues.parse("""
                // a comment
                {
                  "text": "a // \\"b\\" /* c */",
                  "number": 5, /* and
                  another */ "fraction": 0.5,
                  "flag": true,
                  "texts": ["a", "b"],
                  "none": [],
                  "numbers": [1, 2],
                  "port:Integer": 5432,
                  "ports:Integer[]": [1],
                  ".password": "$[secret:orders]",
                  ":configurator:feature": {"x": 1}
                }
                """);

        assertThat(values)
                .hasSize(10)
                .containsEntry("text", "a // \"b\" /* c */")
                .containsEntry("number", 5L)
                .containsEntry("fraction", 0.5)
                .containsEntry("flag", true)
                .containsEntry("texts", new String[] {"a", "b"})
                .containsEntry("none", new String[0])
                .containsEntry("numbers", new Long[] {1L, 2L})
                .containsEntry("port", 5432)
                .containsEntry("ports", new Integer[] {1})
                .containsEntry(".password", "$[secret:orders]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`a` `b`}           | at line 1, column",
                "{\\n\\n`a`: secret} | it is no JSON at line 3, column 6",
                "{`a`: 1,}           | at line 1, column",
                "{`a`: 1             | End of input at line 1, column",
                "{`a`: 1} {          | at line 1, column",
                "[1]                 | it must be one object in { }",
                "{`a`: 1, `A`: 2}    | the key 'A' is there twice",
                "{`a`: {`b`: 1}}     | the value of 'a' must be a string, a number, true or false",
                "{`a`: null}         | the value of 'a' must be a string, a number, true or false",
                "{`a`: [1, `x`]}     | the elements of 'a' must be of one type",
                "{`a:Int`: 1}        | the key 'a:Int' has the unknown type Int; allowed are Boolean, Byte,",
                "{`a:Integer`: `secret`} | the value of 'a:Integer' is no Integer",
                "{`a:Integer[]`: 1}  | the value of 'a:Integer[]' must be an array"
            })
    void jsonThatIsWrongIsNamedWithItsPlaceButNotItsValue(String text, String message) {
        assertThatThrownBy(() -> JsonValues.parse(text.replace("`", "\"").replace("\\n", "\n")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("secret", "Json");
    }

    @Test
    void emptyIsSaid() {
        assertThatThrownBy(() -> JsonValues.parse(" \n")).hasMessage("it is empty");
        assertThatThrownBy(() -> Utf8.decode(new byte[] {(byte) 0xff})).hasMessage("it is not UTF-8");
    }

    @Test
    void propertiesAreText() throws InvalidFileException {
        assertThat(PropertyValues.parse("a = größer\n# no\nb=\\u0041\n"))
                .containsEntry("a", "größer")
                .containsEntry("b", "A")
                .hasSize(2);
        assertThatThrownBy(() -> PropertyValues.parse("a=\\uXYZ"))
                .hasMessage("a backslash u is followed by no four hexadecimal digits");
    }

    @ParameterizedTest
    @CsvSource({
        "io.ucm.logging.cfg.json, io.ucm.logging,",
        "io.ucm.mode~orders-async.cfg, io.ucm.mode, orders-async",
        "io.ucm.mode~a.b.cfg.json, io.ucm.mode, a.b"
    })
    void theNameIsThePid(String file, String pid, String name) {
        assertThat(Pid.isIn(new File(file))).isTrue();
        assertThat(Pid.of(new File(file))).isEqualTo(new Pid(pid, name));
    }

    @Test
    void otherFilesAreNobodysBusiness() {
        assertThat(Pid.isIn(new File("a.json"))).isFalse();
        assertThat(Pid.isIn(new File("a.jar"))).isFalse();
    }
}
