package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaceTest {
    @Test
    void is_told_from_the_top() {
        Place key = Place.ROOT.key("users").key("zhangsan").key("keys").item(2);
        assertThat(Place.ROOT).hasToString("");
        assertThat(key).hasToString("users.zhangsan.keys[2]");
        assertThat(key.key("proxy_key")).hasToString("users.zhangsan.keys[2].proxy_key");
        assertThat(Place.ROOT.item(0).item(1)).hasToString("[0][1]");
    }

    @Test
    void what_may_be_a_secret_is_not_shown_unless_it_was_looked_at() {
        assertThat(Place.ROOT.key("users").key("sk-fake")).hasToString("users.***");
        assertThat(Place.ROOT.key("auth").shown("sk_field")).hasToString("auth.sk_field");
    }
}
