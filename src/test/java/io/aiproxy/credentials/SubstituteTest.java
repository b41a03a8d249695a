package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstituteTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/p /p?key=s%20cret",
                "/p? /p?key=s%20cret",
                "/p?a=1 /p?a=1&key=s%20cret",
                "/p?a=1& /p?a=1&key=s%20cret",
                "/p?& /p?&key=s%20cret",
                "/p?key=old /p?key=s%20cret",
                "/p?key /p?key=s%20cret",
                "/p?k%65y=old /p?key=s%20cret",
                "/p?a=1&key=old&b=2 /p?a=1&key=s%20cret&b=2",
                "/p?key=old&a=1&key=older /p?key=s%20cret&a=1",
                "/p?key=old&key=older&a=1 /p?key=s%20cret&a=1",
                "/p?monkey=1&keys=2&KEY=3 /p?monkey=1&keys=2&KEY=3&key=s%20cret",
                "/p?a=%20x+y;z&a=/?&b /p?a=%20x+y;z&a=/?&b&key=s%20cret",
                "/p?a=? /p?a=?&key=s%20cret", // a question mark within a value opens nothing
            })
    void putsTheCredentialIntoTheQuery(String target, String expected) {
        Substitute substitute = Substitute.query("key", "s cret");
        assertThat(substitute.withQuery(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"a&b=c#d, a%26b%3Dc%23d", "A-z_0.9~, A-z_0.9~", "'你+/%', %E4%BD%A0%2B%2F%25", "'Token x', Token%20x"})
    void encodesWhatWouldMeanSomethingElse(String value, String encoded) {
        assertThat(Substitute.query("to ken", value).withQuery("/p")).isEqualTo("/p?to%20ken=" + encoded);
    }

    @Test
    void otherPlacesLeaveTheTargetAlone() {
        String target = "/p?key=1";
        assertThat(Substitute.header("X-Api-Key", "fake").withQuery(target)).isSameAs(target);
        assertThat(Substitute.NOTHING.withQuery(target)).isSameAs(target);
    }

    @Test
    void itsTextDoesNotShowTheValue() {
        assertThat(Substitute.header("X-Api-Key", "fake-secret")).hasToString("Substitute[HEADER x-api-key]");
        assertThat(Substitute.query("key", "fake-secret").toString()).doesNotContain("fake");
    }
}
