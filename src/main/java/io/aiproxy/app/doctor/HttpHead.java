package io.aiproxy.app.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The head of an answer. Its body is never read: providers repeat keys in error messages.
 *
 * @param status the status code; 0 if it is no HTTP
 * @param headers by name in lower case, the last of each
 */
record HttpHead(int status, Map<String, String> headers) {
    private static final int LARGEST = 64 * 1024;

    /** Reads one, interim answers (1xx) left out; the socket's time-out bounds every read. */
    static HttpHead read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        HttpHead head = one(in);
        while (head.status >= 100 && head.status < 200 && head.status != 101) {
            head = one(in);
        }
        return head;
    }

    private static HttpHead one(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < LARGEST && text.indexOf("\r\n\r\n", Math.max(0, text.length() - 4)) < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
            if (text.length() == 5 && !text.toString().equals("HTTP/")) {
                return new HttpHead(0, Map.of());
            }
        }
        if (text.isEmpty()) {
            throw new IOException("the connection was closed without an answer");
        }
        String[] lines = text.toString().split("\r\n", -1);
        String[] words = lines[0].split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        boolean number = words.length > 1 && words[1].matches("[1-5][0-9]{2}");
        return new HttpHead(number ? Integer.parseInt(words[1]) : 0, headers);
    }

    /** Sends the text of a request. */
    static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
