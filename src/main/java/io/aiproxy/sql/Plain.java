package io.aiproxy.sql;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections that no pool knows, all of which end with this: Flyway keeps some open when it fails. One thread. */
final class Plain implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plain.class);

    private final Database database;
    private final Vendor vendor;
    private final List<Connection> open = new ArrayList<>();

    Plain(Database database, Vendor vendor) {
        this.database = database;
        this.vendor = vendor;
    }

    /** Where Flyway asks for connections, and for nothing else. */
    DataSource source() {
        Class<?>[] types = {DataSource.class};
        return (DataSource)
                Proxy.newProxyInstance(DataSource.class.getClassLoader(), types, (self, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return connect();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private Connection connect() throws SQLException {
        Connection connection = vendor.connect(database);
        open.add(connection);
        return connection;
    }

    @Override
    public void close() {
        for (Connection connection : open) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection to {} that is given up cannot be closed: {}", database.place(), e.toString());
            }
        }
    }
}
