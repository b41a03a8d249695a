package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** MariaDB by the server that is installed on this machine (Debian: {@code mariadb-server}). */
public final class MariaDbServer implements DatabaseServer {
    private final Path directory;
    private final Path binary;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private Process process;

    private MariaDbServer(Path directory, Path binary, int port) {
        this.directory = directory;
        this.binary = binary;
        this.port = port;
    }

    /**
     * Starts a server; skips the test where none is installed, unless {@code CI_DATABASES=required}.
     *
     * @param directory an empty one
     */
    public static MariaDbServer start(Path directory) throws Exception {
        Optional<Path> binary = installed("mariadbd");
        Optional<Path> setup = installed("mariadb-install-db");
        if (binary.isEmpty() || setup.isEmpty()) {
            String message = "no MariaDB server is installed here (mariadbd, mariadb-install-db); on Debian:"
                    + " apt-get install mariadb-server";
            if (DatabaseServer.required()) {
                throw new IllegalStateException(message + ". CI_DATABASES=required, so this is a failure");
            }
            Assumptions.abort("Skipped: " + message);
        }
        MariaDbServer server = new MariaDbServer(directory, binary.orElseThrow(), DatabaseServer.freePort());
        Path log = directory.resolve("install.log");
        List<String> command = new ArrayList<>(List.of(
                setup.orElseThrow().toString(),
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        Process install = server.asServerUser(command, log);
        assertThat(install.waitFor(2, TimeUnit.MINUTES) && install.exitValue() == 0)
                .as(() -> text(log))
                .isTrue();
        Files.writeString(
                directory.resolve("init.sql"),
                "CREATE USER IF NOT EXISTS '" + server.user() + "'@'%' IDENTIFIED BY '" + server.password()
                        + "';\nGRANT ALL ON *.* TO '" + server.user() + "'@'%';\n");
        server.start();
        return server;
    }

    private static Optional<Path> installed(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin:/usr/libexec";
        return Arrays.stream(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The server refuses to run as root unless it is told to. */
    private Process asServerUser(List<String> command, Path log) throws IOException {
        List<String> all = new ArrayList<>(command);
        if ("root".equals(System.getProperty("user.name"))) {
            all.add("--user=root");
        }
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    @Override
    public void start() throws Exception {
        // a socket's path may have 107 bytes only, and nobody needs this one
        Path socket = Files.createTempDirectory("db").resolve("s");
        process = asServerUser(
                Stream.of(
                                binary.toString(),
                                "--no-defaults",
                                "--datadir=" + directory.resolve("data"),
                                "--bind-address=127.0.0.1",
                                "--port=" + port,
                                "--socket=" + socket,
                                "--pid-file=" + directory.resolve("pid"),
                                "--init-file=" + directory.resolve("init.sql"),
                                "--innodb-buffer-pool-size=32M",
                                "--skip-log-bin")
                        .toList(),
                directory.resolve("server.log"));
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            assertThat(process.isAlive())
                    .as(() -> text(directory.resolve("server.log")))
                    .isTrue();
            try (Connection connection = connect("")) {
                return connection.isValid(2);
            } catch (SQLException notYet) {
                return false;
            }
        });
    }

    private Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(url(name), user(), password());
    }

    private String url(String name) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + name;
    }

    @Override
    public void stop() throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    @Override
    public String freshDatabase() throws Exception {
        String name = "aiproxy" + databases.incrementAndGet();
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            // what an administrator may have chosen in ignorance: the tables must not depend on it
            statement.execute("CREATE DATABASE " + name + " DEFAULT CHARACTER SET latin1");
        }
        return url(name);
    }

    @Override
    public String user() {
        return "aiproxy";
    }

    @Override
    public String password() {
        return "database-password-for-tests";
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
