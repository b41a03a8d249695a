package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.resolver.Resolver;

class QuickResolverTest {
    private static final String SIGNS = "aAbEeFfLlNnOoSsTtUuXxYy0179._-+:~<=*&!% \u00e4\u4e2d";

    private final Resolver standard = new Resolver();
    private final QuickResolver quick = new QuickResolver();

    private static List<String> words() {
        List<String> words = new ArrayList<>(List.of("", "~", "<<", "=", "null", "Null", "NULL", "nUll", "nullnull"));
        for (String word : List.of("yes", "no", "true", "false", "on", "off", "y", "n", "False", "falsE", "falsey")) {
            words.add(word);
            words.add(word.toUpperCase(java.util.Locale.ROOT));
            words.add(word + " ");
        }
        words.addAll(List.of("0", "007", "0x1F", "0b1", "12:30", "1_000", "1.5", "-1e3", ".inf", "-.INF", ".nan"));
        words.addAll(List.of("2099-12-31", "2001-12-14t21:59:43.10-05:00", "e5", "inf", "nan", "infinity", "base_url"));
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder word = new StringBuilder();
            for (int length = random.nextInt(8); word.length() < length; ) {
                word.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
            }
            words.add(word.toString());
        }
        return words;
    }

    @Test
    void says_what_the_standard_says() {
        for (String word : words()) {
            for (boolean plain : new boolean[] {true, false}) {
                assertThat(quick.resolve(NodeId.scalar, word, plain))
                        .as(word)
                        .isEqualTo(standard.resolve(NodeId.scalar, word, plain));
            }
        }
        assertThat(quick.resolve(NodeId.mapping, "true", true))
                .isEqualTo(standard.resolve(NodeId.mapping, "true", true));
    }
}
