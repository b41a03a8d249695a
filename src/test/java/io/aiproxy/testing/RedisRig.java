package io.aiproxy.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis of its own on 127.0.0.1 that keeps nothing on disk, and that can be made to fall silent or to die. */
public final class RedisRig implements AutoCloseable {
    private static final Pattern PROCESS = Pattern.compile("process_id:(\\d+)");

    private final int port;
    private final String[] settings;
    private final RedisClient client = RedisClient.create();
    private RedisServer server;
    private long pid;
    private boolean paused;

    private RedisRig(int port, String... settings) {
        this.port = port;
        this.settings = settings;
    }

    /** Starts one on a free port. */
    public static RedisRig start(String... settings) {
        RedisRig rig = stopped(settings);
        rig.boot();
        return rig;
    }

    /** One that is not running yet; its port is free. */
    public static RedisRig stopped(String... settings) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new RedisRig(socket.getLocalPort(), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, empty, where it was before. */
    public void boot() {
        try {
            RedisServerBuilder builder = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .setting("appendonly no");
            for (String setting : settings) {
                builder.setting(setting);
            }
            server = builder.build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher info = PROCESS.matcher(call(commands -> commands.info("server")));
        if (!info.find()) {
            throw new IllegalStateException("Redis does not say which process it is");
        }
        pid = Long.parseLong(info.group(1));
    }

    /** Ends it; what it knew is gone. */
    public void stop() {
        try {
            resume();
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it does nothing; its connections stay. */
    public void pause() {
        signal("STOP");
        paused = true;
    }

    /** It goes on where it was. */
    public void resume() {
        if (paused) {
            signal("CONT");
            paused = false;
        }
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " gave " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Its URL, with this query. */
    public String url(String query) {
        return "redis://127.0.0.1:" + port + query;
    }

    /** Its URL for a user of its own. */
    public String url(String user, String password, String query) {
        return "redis://" + user + ":" + password + "@127.0.0.1:" + port + query;
    }

    /** Asks it something, over a connection of its own. */
    public <T> T call(Function<RedisCommands<String, String>, T> question) {
        try (StatefulRedisConnection<String, String> connection = client.connect(RedisURI.create(url("")))) {
            return question.apply(connection.sync());
        }
    }

    @Override
    public void close() {
        if (server != null) {
            stop();
        }
        client.shutdown();
    }
}
