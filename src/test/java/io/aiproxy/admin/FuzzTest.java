package io.aiproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is sent, the gateway does not fail. */
class FuzzTest {
    private static final List<String> WORDS = List.of(
            "zhangsan",
            "lisi",
            "alpha",
            "beta",
            "laptop",
            "default",
            "one",
            "root",
            "1",
            "retry",
            "name",
            "channels",
            "keys",
            "proxy_key",
            "api_key",
            "limits",
            "value",
            "status",
            "id",
            "role",
            "models",
            "***",
            "${env:HOME}",
            "${",
            "'",
            "é中\uD83D\uDE00",
            "<<",
            "_x",
            "-1",
            "a/b",
            "%2F",
            "grace",
            "user",
            "key");
    private final AdminRig rig;

    FuzzTest() throws IOException {
        rig = new AdminRig(Files.createTempDirectory("aiproxy-fuzz"));
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.oneOf(Arbitraries.of(WORDS), Arbitraries.strings().ofMaxLength(12));
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.oneOf(
                json(3), Arbitraries.strings().ofMaxLength(40), Arbitraries.just("id,name\r\n\"x,=1\r\n"));
    }

    private Arbitrary<String> json(int depth) {
        Arbitrary<String> text = words().map(word -> AdminRigText.quoted(word));
        Arbitrary<String> leaf = Arbitraries.oneOf(
                text, Arbitraries.of("null", "true", "1", "-3", "1e30", "0.5", "12345678901234567890"));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> inner = Arbitraries.lazy(() -> json(depth - 1));
        Arbitrary<String> array = inner.list().ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]");
        Arbitrary<String> object = Combinators.combine(text, inner)
                .as((name, value) -> name + ":" + value)
                .list()
                .ofMaxSize(4)
                .map(all -> "{" + String.join(",", all) + "}");
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, object), net.jqwik.api.Tuple.of(1, array), net.jqwik.api.Tuple.of(1, leaf));
    }

    @Property(tries = 3000)
    void never_a_5xx(
            @ForAll int which,
            @ForAll("words") String id,
            @ForAll("words") String name,
            @ForAll("words") String query,
            @ForAll("bodies") String body) {
        List<Operation> table = rig.api().table();
        Operation operation = table.get(Math.floorMod(which, table.size()));
        String path = operation
                .template()
                .replace("{id}", encoded(id))
                .replace("{name}", encoded(name))
                .replace("{n}", encoded(id));
        String type = operation.action().equals("user.import") ? "text/csv" : "application/json";
        AdminRig.Answer answer = rig.as(
                AdminRig.ADMIN,
                operation.method(),
                "/api/v1/" + path + "?" + encoded(query),
                body,
                "Content-Type",
                type,
                "If-None-Match",
                query);
        assertThat(answer.status())
                .as(operation.method() + " " + path + " " + body + answer.text())
                .isLessThan(500);
    }

    private static String encoded(String text) {
        return io.aiproxy.core.Percent.encode(text);
    }

    /** Texts as JSON. */
    private static final class AdminRigText {
        static String quoted(String text) {
            return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
        }
    }
}
