package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Headers;
import io.aiproxy.dialects.Heads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel is offered of the codings that a caller accepts. */
class CodingsTest {
    private static Headers accepts(String value) {
        return Heads.headers("Accept-Encoding: " + value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip, deflate, dcb | gzip, deflate",
                "dcb | identity",
                "dcb;q=1.0, gzip;q=0.5, *;q=0 , identity | gzip;q=0.5, *;q=0, identity",
                "compress, GZIP | GZIP",
                "* | identity",
                "gzip, * | gzip",
                "dcb;q=0, compress, gzip | dcb;q=0, gzip",
            })
    void whatCannotBeReadIsNotOffered(String accepted, String offered) {
        assertThat(Codings.readable(accepts(accepted))).isEqualTo(offered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip, deflate",
                "gzip,deflate",
                "identity",
                "identity;q=0, dcb",
                "dcb, identity; q=0.000",
                "dcb, *;q=0",
                "dcb;q=0, gzip",
                "",
            })
    void otherwiseItStaysAsItIs(String accepted) {
        assertThat(Codings.readable(accepts(accepted))).isNull();
    }

    @Test
    void whoSaysNothingIsLeftAlone() {
        assertThat(Codings.readable(Headers.NONE)).isNull();
    }

    @Test
    void severalFieldsAreOneList() {
        assertThat(Codings.readable(Heads.headers("Accept-Encoding: gzip", "Accept-Encoding: dcb")))
                .isEqualTo("gzip");
    }
}
