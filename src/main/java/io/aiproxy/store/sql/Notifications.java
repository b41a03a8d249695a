package io.aiproxy.store.sql;

import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's LISTEN on a connection of its own, which is made anew whenever it breaks. What is told is only a reason to
 * look at once: whoever waits here looks after a second anyway, so a pooler that swallows notifications does no harm.
 */
final class Notifications implements Lookout.Rest {
    /** What sessions listen to. */
    static final String CHANNEL = "aiproxy_configuration";

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    private final Database database;
    private @Nullable Connection connection;
    private boolean told;

    Notifications(Database database) {
        this.database = database;
    }

    @Override
    public void until(Duration longest) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            awaitAny(listening(), (int) longest.toMillis());
            told = false;
            if (!Thread.interrupted()) {
                return;
            }
            throw new InterruptedException();
        } catch (SQLException e) {
            if (!told) {
                LOG.info("No notifications from {}; asking every second instead", database.place());
                told = true;
            }
            close();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, longest.toNanos() - (System.nanoTime() - begin)));
        }
    }

    /**
     * {@code PGConnection.getNotifications(int)}, which returns nothing after that time. By reflection: its class cannot be
     * compiled against without the annotations that it carries.
     */
    private static void awaitAny(Connection session, int millis) throws SQLException {
        try {
            Class<?> type = Class.forName("org.postgresql.PGConnection");
            Method wait = type.getMethod("getNotifications", int.class);
            wait.invoke(session.unwrap(type), millis);
        } catch (InvocationTargetException e) {
            throw new SQLException("the connection for notifications broke", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new SQLException("this driver tells no notifications", e);
        }
    }

    private Connection listening() throws SQLException {
        Connection there = connection;
        if (there != null) {
            return there;
        }
        Connection fresh = Vendor.POSTGRESQL.connect(database);
        connection = fresh;
        try (Statement statement = fresh.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
        }
        return fresh;
    }

    @Override
    public void close() {
        Connection there = connection;
        connection = null;
        if (there != null) {
            try {
                there.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection could not be closed in order: {}", e.getSQLState());
            }
        }
    }
}
