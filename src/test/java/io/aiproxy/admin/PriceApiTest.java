package io.aiproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices by the API: entries like others, but a price that could not be used is refused and not left out. */
class PriceApiTest {
    private static final String GOOD = "{\"model\": \"gpt-4o*\", \"input\": 2.50, \"output\": 10}";

    @TempDir
    private Path directory;

    private AdminRig rig;

    @BeforeEach
    void start() {
        rig = new AdminRig(directory);
    }

    private String error(AdminRig.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        return answer.json().at("/errors/0/pointer").asText() + " "
                + answer.json().at("/errors/0/message").asText();
    }

    @Test
    void pricesAreWrittenReadAndDeleted() {
        AdminRig.Answer made = rig.send("PUT", "prices/gpt-4o", GOOD);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(rig.snapshot().prices().entries()).containsOnlyKeys("gpt-4o");
        assertThat(rig.get("prices").json().path("total").asInt()).isEqualTo(1);
        assertThat(rig.get("prices/gpt-4o", "If-None-Match", made.etag()).status())
                .isEqualTo(304);
        assertThat(rig.send("PATCH", "prices/gpt-4o", "{\"output\": \"8.125\"}", "If-Match", made.etag())
                        .status())
                .isEqualTo(200);
        assertThat(rig.send("DELETE", "prices/gpt-4o", "", "If-Match", made.etag())
                        .status())
                .isEqualTo(412);
        assertThat(rig.send("DELETE", "prices/gpt-4o", "").status()).isEqualTo(204);
        assertThat(rig.snapshot().prices().entries()).isEmpty();
        assertThat(rig.get("audit?action=price.").json().at("/items/0/action").asText())
                .isEqualTo("price.delete");
    }

    @Test
    void aPriceThatCouldNotBeUsedIsRefused() {
        assertThat(error(rig.send("PUT", "prices/a", "{\"model\": \"m\", \"input\": -1}")))
                .startsWith("/input ");
        assertThat(error(rig.send("PUT", "prices/a", "{\"model\": \"m\", \"input\": 1, \"currency\": \"EUR\"}")))
                .startsWith("/currency ");
        assertThat(error(rig.send("PUT", "prices/a", "{\"input\": 1}"))).startsWith("/model ");
        assertThat(error(rig.send("PUT", "prices/a", "{\"model\": \"m\", \"price\": 1}")))
                .contains("price");
        assertThat(rig.send("PUT", "prices/a", GOOD).status()).isEqualTo(201);
        assertThat(error(rig.send("POST", "prices", "{\"id\": \"b\", " + GOOD.substring(1))))
                .startsWith("/model ");
        assertThat(rig.snapshot().prices().entries()).containsOnlyKeys("a");
    }

    @Test
    void moneyThatPricesNeedCannotGo() {
        assertThat(rig.send("PUT", "system/money", "{\"value\": {\"currency\": \"CNY\", \"rates\": {\"USD\": 7.12}}}")
                        .status())
                .isEqualTo(201);
        assertThat(rig.send("PUT", "prices/a", "{\"model\": \"m\", \"currency\": \"USD\", \"input\": 1}")
                        .status())
                .isEqualTo(201);

        assertThat(rig.send("PUT", "system/money", "{\"value\": {\"currency\": \"CNY\"}}")
                        .status())
                .isEqualTo(422);
        assertThat(rig.send("PUT", "system/money", "{\"value\": {\"currency\": \"USD\"}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatWasWrongBeforeIsNoFaultOfAnotherChange() throws Exception {
        Change bad = new Change(Kind.PRICE, "bad", Optional.of(AdminRig.json("{\"model\": \"x\", \"input\": \"?\"}")));
        rig.store.apply(rig.store.state().tag(), List.of(bad), Author.FILE, "");

        assertThat(rig.send("PUT", "prices/good", GOOD).status()).isEqualTo(201);
        assertThat(rig.snapshot().prices().entries()).containsOnlyKeys("good");
        assertThat(rig.snapshot().prices().leftOut()).hasSize(1);
        assertThat(rig.send("PATCH", "prices/bad", "{\"output\": 5}").status()).isEqualTo(422);
        assertThat(rig.send("PATCH", "prices/bad", "{\"input\": 5}").status()).isEqualTo(200);
        assertThat(rig.snapshot().prices().leftOut()).isEmpty();
    }
}
