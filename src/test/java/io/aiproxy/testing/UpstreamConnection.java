package io.aiproxy.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One connection at the upstream. This thread reads, also while a script writes on another one: only so a hang-up is
 * seen at once.
 */
final class UpstreamConnection implements Runnable {
    private final FakeUpstream upstream;
    private final ExecutorService scripts;
    private final Socket raw;
    private final int number;
    private Socket socket;
    private Optional<String> serverName = Optional.empty();
    private int served;

    UpstreamConnection(FakeUpstream upstream, ExecutorService scripts, Socket raw, int number) {
        this.upstream = upstream;
        this.scripts = scripts;
        this.raw = raw;
        this.socket = raw;
        this.number = number;
    }

    @Override
    public void run() {
        try {
            raw.setTcpNoDelay(true);
            Optional<SSLContext> tls = upstream.tls();
            if (tls.isPresent()) {
                handshake(tls.get());
            }
            HttpReader reader = new HttpReader(socket.getInputStream());
            boolean open = true;
            while (open) {
                open = serveOne(reader, socket.getOutputStream());
            }
        } catch (IOException e) {
            upstream.trouble(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            upstream.gone(this);
        }
    }

    private void handshake(SSLContext context) throws IOException {
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
        secure.setUseClientMode(false);
        secure.startHandshake();
        socket = secure;
        serverName = ((ExtendedSSLSession) secure.getSession())
                .getRequestedServerNames().stream().findFirst().map(UpstreamConnection::name);
    }

    private static String name(SNIServerName name) {
        return name instanceof SNIHostName host
                ? host.getAsciiName()
                : new String(name.getEncoded(), StandardCharsets.US_ASCII);
    }

    private boolean serveOne(HttpReader reader, OutputStream out) throws IOException, InterruptedException {
        Optional<Head> head = reader.readHead();
        if (head.isEmpty()) {
            return false;
        }
        served++;
        Recorded request = upstream.record(head.get(), new Recorded.Place(number, served, serverName));
        Optional<Scripted> early = upstream.atHead(request);
        if (early.isEmpty()) {
            if (request.header("expect").isPresent()) {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
            request.completed(reader.requestBody(head.get()).readAll());
        } else {
            request.completed(new byte[0]);
        }
        Scripted scripted = early.orElseGet(() -> upstream.choose(request));
        if (scripted instanceof SocketReply socketReply) {
            Optional<String> problem = Handshake.problem(request);
            if (problem.isEmpty()) {
                upgrade(new SocketSession(request, socketReply, raw, reader, out), request);
                return false;
            }
            upstream.trouble(new IOException("Not a handshake: " + problem.get()));
            scripted = Reply.status(400).body("Not a handshake: " + problem.get());
        }
        Reply reply = (Reply) scripted;
        Wire wire = new Wire(request, reply, raw, out);
        Future<Boolean> script = scripts.submit(() -> {
            boolean open = wire.run();
            request.finished();
            return open;
        });
        return early.isPresent() ? result(script, request) : watch(reader, script, request);
    }

    private void upgrade(SocketSession session, Recorded request) throws InterruptedException {
        Future<Boolean> script = scripts.submit(session::play);
        session.listen();
        if (!endsSoon(script)) {
            script.cancel(true);
        }
        session.failure().ifPresent(f -> upstream.trouble(new IOException("A script failed: " + f)));
        if (session.hungUp()) {
            request.peerLeft();
        }
    }

    /** Runs beside the script: the next byte is the next request, the end is a hang-up. */
    private boolean watch(HttpReader reader, Future<Boolean> script, Recorded request) throws InterruptedException {
        boolean more;
        try {
            more = reader.awaitByte();
        } catch (IOException e) {
            more = false;
        }
        if (more) {
            return result(script, request);
        }
        if (!raw.isClosed() && !endsSoon(script)) {
            request.peerLeft();
        }
        script.cancel(true);
        return false;
    }

    /** The peer may have read the last byte and left before the script's thread came to say that it was the last. */
    private static boolean endsSoon(Future<Boolean> script) throws InterruptedException {
        try {
            script.get(100, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private boolean result(Future<Boolean> script, Recorded request) throws InterruptedException {
        try {
            return script.get();
        } catch (ExecutionException e) {
            if (!request.isAnswered() && e.getCause() instanceof IOException) {
                request.peerLeft();
            }
            return false;
        } catch (CancellationException e) {
            return false;
        }
    }

    void close() {
        try {
            raw.close();
        } catch (IOException e) {
            upstream.trouble(e);
        }
    }
}
