package io.aiproxy.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is news to whoever watches the database. */
class LookoutTest {
    private final Lookout lookout = new Lookout(() -> "", new Lookout.Rest() {
        @Override
        public void until(Duration longest) {}

        @Override
        public void close() {}
    });

    @Test
    void a_version_that_was_read_already_is_no_news() {
        lookout.saw("1");
        long turn = lookout.turn();
        lookout.loaded(turn, "2");
        lookout.saw("2");
        assertThat(lookout.turn()).isEqualTo(turn);
        lookout.saw("3");
        assertThat(lookout.turn()).isEqualTo(turn + 1);
    }

    @Test
    void one_that_came_before_what_was_read_is_news_and_so_is_what_follows() {
        lookout.saw("1");
        lookout.loaded(lookout.turn(), "3");
        lookout.saw("2");
        assertThat(lookout.turn()).isEqualTo(1);
        lookout.saw("3");
        lookout.saw("1"); // a backup was put back
        assertThat(lookout.turn()).isEqualTo(2);
    }

    @Test
    void somebody_who_could_not_read_is_told_when_the_database_is_back() {
        lookout.saw("1");
        lookout.missed();
        lookout.saw("1");
        assertThat(lookout.turn()).isEqualTo(1);
    }
}
