package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.testing.DatabaseServer;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.UsageRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What else books must do whose database is a server of its own, and so may be down. */
abstract class ServerBooksContract extends ToldContract {
    abstract DatabaseServer server();

    @Override
    Database fresh() throws Exception {
        return new Database(server().freshDatabase(), server().user(), Secret.of(server().password()));
    }

    @Test
    void a_server_that_was_down_is_used_again_when_it_is_back() throws Exception {
        SqlBooks books = open(BERLIN);
        List<UsageRecord> all = new Calls(1).between(FROM, TO, 300);
        add(books, all.subList(0, 200));
        server().stop();
        try {
            BooksException refusal = catchThrowableOfType(
                    BooksException.class, () -> books.add(all.subList(200, 300), new Position("a", 2, 1)));
            assertThat(refusal.passing()).isTrue();
            assertThat(String.valueOf(refusal.getMessage()).replace(database.place(), ""))
                    .doesNotContain(server().password());
            assertThat(books.trouble()).contains(String.valueOf(refusal.getMessage()));
            SqlBooks started = open(BERLIN);
            assertThat(catchThrowableOfType(BooksException.class, () -> started.position("a"))
                            .passing())
                    .isTrue();
        } finally {
            server().start();
        }
        assertThat(books.position("a")).contains(new Position("a", 1, 1));
        books.add(all.subList(100, 300), new Position("a", 2, 1));

        assertThat(books.trouble()).isEmpty();
        assertThat(books.statistics(query(Granularity.DAY, BERLIN)))
                .isEqualTo(Naive.statistics(all, query(Granularity.DAY, BERLIN)));
    }
}
