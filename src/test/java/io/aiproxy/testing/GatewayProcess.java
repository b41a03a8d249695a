package io.aiproxy.testing;

import static org.awaitility.Awaitility.await;

import io.aiproxy.AiProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gateway as people start it: the program, in a process of its own. For what only the environment of a process can
 * say, such as the proxy that leads to hosts with invented or famous names, and which certificates are trusted. Slower
 * than {@link GatewayRig} by some seconds.
 */
public final class GatewayProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LISTENS = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final List<String> PROXIES = List.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY");

    private final Process process;
    private final Path output;
    private final int port;

    private GatewayProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        await("the gateway to listen").atMost(PATIENCE).until(() -> !process.isAlive() || said().isPresent());
        this.port = said().orElseThrow(() -> new AssertionError("The gateway did not start:\n" + output()));
    }

    /**
     * Starts it and returns when it listens.
     *
     * @param home the folder with {@code config}; {@code data} and the output come to lie beside it
     * @param ca whose certificates are trusted
     * @param egress what leads to all hosts but this machine's own
     */
    public static GatewayProcess start(Path home, TestCa ca, FakeEgressProxy egress) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.addAll(ca.trustOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AiProxy.class.getName(), "run"));
        command.addAll(List.of("--config", home.resolve("config").toString()));
        command.addAll(List.of("--data", home.resolve("data").toString()));
        command.addAll(List.of("--host", "127.0.0.1", "--port", "0"));
        Path output = home.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> PROXIES.stream().anyMatch(name::equalsIgnoreCase));
        environment.put("HTTPS_PROXY", "http://127.0.0.1:" + egress.port());
        try {
            Process process = builder.start();
            try {
                return new GatewayProcess(process, output);
            } catch (RuntimeException | AssertionError e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Integer> said() {
        Matcher matcher = LISTENS.matcher(output());
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** The port of everything. */
    public int port() {
        return port;
    }

    /** A connection to the gateway. */
    public RawClient client() {
        try {
            return RawClient.connect(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it has said so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it as an operator does, and waits until it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The gateway did not stop:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
