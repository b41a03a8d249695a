package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What becomes of a header field's value that is a tag. */
class CallLabelsTest {
    private static String sent(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void staysAsItIsIfItIsShortAndPrintable() {
        assertThat(CallLabels.tag("team-a / 7")).isEqualTo("team-a / 7");
    }

    @Test
    void isReadAsUtf8WhereItIsAndByByteWhereItIsNot() {
        assertThat(CallLabels.tag(sent("\u5e02\u573a\u90e8"))).isEqualTo("\u5e02\u573a\u90e8");
        assertThat(CallLabels.tag("caf\u00e9")).isEqualTo("caf\u00e9");
    }

    @Test
    void losesWhatCannotBePrinted() {
        assertThat(CallLabels.tag(sent("a\u0000b\u202ec\u200bd\te\u0085"))).isEqualTo("a b c d e");
        assertThat(CallLabels.tag(" \t ")).isEmpty();
    }

    @Test
    void isCutWithoutCuttingACharacter() {
        String tag = CallLabels.tag(sent("\ud83d\ude00".repeat(200)));
        assertThat(tag.codePointCount(0, tag.length())).isEqualTo(128);
        assertThat(tag).isEqualTo("\ud83d\ude00".repeat(128));
    }
}
