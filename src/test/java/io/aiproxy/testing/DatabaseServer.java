package io.aiproxy.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A real database server on a port of its own, with its data in a temporary directory. */
public interface DatabaseServer extends AutoCloseable {
    /** Makes an empty database and gives its URL, which stays good when the server is stopped and started again. */
    String freshDatabase() throws Exception;

    /** Whom the server lets in. */
    String user();

    /** With what. */
    String password();

    /** Stops the server at once; its data stays. */
    void stop() throws Exception;

    /** Starts it again, at the same port with the same data. */
    void start() throws Exception;

    @Override
    void close();

    /** Whether a missing server is a failure and not a reason to skip: so it is where everything was installed for it. */
    static boolean required() {
        return "required".equals(System.getenv("CI_DATABASES"));
    }

    /** A port that nobody listens to. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
