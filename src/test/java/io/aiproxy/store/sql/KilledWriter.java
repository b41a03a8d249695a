package io.aiproxy.store.sql;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import java.nio.file.Path;
import java.util.Map;

/** A process that changes the configuration until it is killed, and says after each change that it was made. */
final class KilledWriter {
    private KilledWriter() {}

    /** @param args the URL of the database, and a directory */
    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[1]);
        try (SqlStore store = SqlStore.open(
                new Database(args[0], "", Secret.of("")),
                dir,
                dir.resolve("killed"),
                Map.of("TOKEN", "from-the-environment")::get)) {
            for (int i = 1; ; i++) {
                StoreContract.apply(store, StoreContract.user("user" + i));
                System.out.println("user" + i);
            }
        }
    }
}
