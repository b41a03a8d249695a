package io.aiproxy.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * An HTTP/1.1 client that hides nothing: it sends the bytes that it is given and shows the bytes that come. Every read
 * gives up after 20 seconds, so that a test fails instead of hanging.
 */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket raw;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final HttpReader reader;

    private RawClient(Socket raw, Socket socket) throws IOException {
        this.raw = raw;
        this.socket = socket;
        raw.setSoTimeout(PATIENCE_MILLIS);
        raw.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.reader = new HttpReader(in);
    }

    /** Connects to 127.0.0.1. */
    public static RawClient connect(int port) throws IOException {
        return connect("127.0.0.1", port, 0);
    }

    /** Connects to an address, with a receive buffer of this size (0: the system's) for a reader that is slow. */
    public static RawClient connect(String address, int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        return new RawClient(socket, socket);
    }

    /** Connects with TLS and asks for this server name. */
    public static RawClient connectTls(int port, SSLContext context, String serverName) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, serverName, port, true);
        // Said explicitly: the JDK keeps names without a dot to itself.
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return new RawClient(socket, secure);
    }

    /**
     * An answer whose body has not been read yet.
     *
     * @param head status line and fields
     * @param body the body
     */
    public record Answer(Head head, BodyStream body) {
        /** The status. */
        public int status() {
            return head.status();
        }

        /** The first value of a field; empty when there is none. */
        public String header(String name) {
            return head.header(name).orElse("");
        }

        /** The whole body as text. */
        public String text() throws IOException {
            return body.text();
        }
    }

    /** Sends bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Sends text as UTF-8. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a request line, {@code Host}, these header lines and the empty line. */
    public RawClient head(String requestLine, String... headerLines) throws IOException {
        return send(headText(requestLine, headerLines));
    }

    /** Sends a request without a body. */
    public RawClient get(String target, String... headerLines) throws IOException {
        return head("GET " + target, headerLines);
    }

    /** Sends a request with a JSON body. */
    public RawClient post(String target, String body, String... headerLines) throws IOException {
        return post(target, body.getBytes(StandardCharsets.UTF_8), headerLines);
    }

    /** Sends a request with a body and its length. */
    public RawClient post(String target, byte[] body, String... headerLines) throws IOException {
        String[] lines = new String[headerLines.length + 2];
        System.arraycopy(headerLines, 0, lines, 0, headerLines.length);
        lines[headerLines.length] = "Content-Type: application/json";
        lines[headerLines.length + 1] = "Content-Length: " + body.length;
        byte[] head = headText("POST " + target, lines).getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return send(all);
    }

    private String headText(String requestLine, String... headerLines) {
        StringBuilder text = new StringBuilder(requestLine);
        if (!requestLine.contains(" HTTP/")) {
            text.append(" HTTP/1.1");
        }
        text.append("\r\n");
        if (List.of(headerLines).stream().noneMatch(l -> l.regionMatches(true, 0, "host:", 0, 5))) {
            text.append("Host: localhost:").append(raw.getPort()).append("\r\n");
        }
        for (String line : headerLines) {
            text.append(line).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** Reads a final head, interim ones are skipped; the body comes from {@link Answer#body()}. */
    public Answer answer() throws IOException {
        return answer("GET");
    }

    /** As {@link #answer()}, for an answer to this method: HEAD has no body. */
    public Answer answer(String method) throws IOException {
        Head head = readHead();
        while (head.status() / 100 == 1 && head.status() != 101) {
            head = readHead();
        }
        return new Answer(head, reader.responseBody(head, method));
    }

    /** Reads the next head, an interim one too. */
    public Head readHead() throws IOException {
        return reader.readHead().orElseThrow(() -> new HttpReader.Truncated("The peer closed without an answer"));
    }

    /** Whether the peer has closed: blocks until it has or a byte comes. */
    public boolean closedByPeer() {
        try {
            return !reader.awaitByte();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("The peer neither closed nor sent anything", e);
        } catch (IOException e) {
            return true;
        }
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public RawClient halfClose() throws IOException {
        raw.shutdownOutput();
        return this;
    }

    /** Closes with RST. */
    public void reset() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    HttpReader reader() {
        return reader;
    }

    /** The socket, for what has no method here. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            raw.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
