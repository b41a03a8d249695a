package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A WebSocket at the upstream. The thread of the connection reads and records; the script runs on another, so that a
 * peer that leaves is seen at once. While it echoes, the reading thread writes too.
 */
final class SocketSession implements SocketReply.Peer {
    private static final int PIECE = 64 * 1024;

    private final Recorded request;
    private final SocketReply reply;
    private final Socket raw;
    private final OutputStream out;
    private final FrameReader frames;
    private final SocketRecord record = new SocketRecord();
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final Object switches = new Object();
    private boolean headSent;
    private boolean corked;
    private boolean closeSent;
    private boolean paused;
    private volatile boolean over;
    private volatile boolean pongs;
    private volatile boolean echoes;

    /**
     * @param raw the TCP socket, below TLS if there is any
     * @param out where bytes go
     */
    SocketSession(Recorded request, SocketReply reply, Socket raw, HttpReader in, OutputStream out) {
        this.request = request;
        this.reply = reply;
        this.raw = raw;
        in.beforeBlocking(this::flush);
        this.out = out;
        this.frames = new FrameReader(in);
        request.upgraded(record);
    }

    /** Runs the script. */
    boolean play() throws Exception {
        try {
            for (SocketReply.Step step : reply.steps) {
                step.run(this);
                if (over) {
                    return false;
                }
            }
            finish();
            request.finished();
            return false;
        } catch (RuntimeException e) {
            record.failed(e instanceof Unexpected ? e.getMessage() : e.toString());
            abort();
            throw e;
        }
    }

    private void finish() throws IOException, InterruptedException {
        head();
        SocketEnd end = record.untilEnd();
        if (end.how() == SocketEnd.How.CLOSE) {
            if (!closeSent) {
                send(end.code() == SocketEnd.NO_STATUS ? Frame.close() : Frame.close(end.code(), end.reason()));
            }
            raw.shutdownOutput();
        }
    }

    /** Reads until the connection ends. */
    void listen() throws InterruptedException {
        try {
            Optional<Frame> head = nextHead();
            while (head.isPresent()) {
                arrived(head.get());
                head = nextHead();
            }
            record.over(over ? SocketEnd.OURS : SocketEnd.CUT);
        } catch (HttpReader.Truncated e) {
            record.over(over ? SocketEnd.OURS : SocketEnd.CUT);
        } catch (IOException e) {
            record.over(over || raw.isClosed() ? SocketEnd.OURS : SocketEnd.RESET);
        }
    }

    /** Why the script failed, if it did. */
    Optional<String> failure() {
        return record.failure();
    }

    /** Whether the peer left without a Close frame. */
    boolean hungUp() {
        SocketEnd.How how = record.awaitEnd().how();
        return how == SocketEnd.How.CUT || how == SocketEnd.How.RESET;
    }

    private Optional<Frame> nextHead() throws IOException, InterruptedException {
        awaitReading();
        return frames.head();
    }

    private void arrived(Frame head) throws IOException, InterruptedException {
        boolean through = echoes && !head.control() && !(head.length() <= PIECE && record.room(head.length()));
        Frame frame = through ? passThrough(head) : receive(head);
        if (pongs && frame.opcode() == Frame.PING) {
            write(Frame.of(Frame.PONG, frame.payload()).bytes());
        }
        synchronized (switches) {
            record.arrived(frame);
            if (through) {
                record.takeAll();
            } else if (echoes) {
                echoWhatCame();
            }
        }
    }

    private Frame receive(Frame head) throws IOException, InterruptedException {
        boolean keep = record.room(head.length());
        byte[] kept = new byte[keep ? (int) head.length() : (int) Math.min(PIECE, head.length())];
        long at = 0;
        while (at < head.length()) {
            int offset = keep ? (int) at : 0;
            int n = piece(head, kept, offset, at);
            at += n;
        }
        return keep ? head.withPayload(kept) : head;
    }

    private Frame passThrough(Frame head) throws IOException, InterruptedException {
        write(unmasked(head).head());
        byte[] piece = new byte[PIECE];
        long at = 0;
        while (at < head.length()) {
            int n = piece(head, piece, 0, at);
            write(java.util.Arrays.copyOf(piece, n));
            at += n;
        }
        return head;
    }

    private int piece(Frame head, byte[] into, int offset, long place) throws IOException, InterruptedException {
        awaitReading();
        int n = frames.piece(into, offset, (int) Math.min(PIECE, head.length() - place));
        head.mask(into, offset, n, place);
        record.received(n);
        return n;
    }

    private static Frame unmasked(Frame frame) {
        return new Frame(
                frame.fin(),
                frame.rsv(),
                frame.opcode(),
                false,
                0,
                frame.lengthBytes(),
                frame.length(),
                frame.payload());
    }

    private void echoWhatCame() throws IOException {
        for (Frame frame : record.takeAll()) {
            if (!frame.control()) {
                push(unmasked(frame).bytes(), false);
            }
        }
    }

    /** Sends the 101 unless that is done. */
    synchronized void head() throws IOException {
        if (!headSent) {
            headSent = true;
            push(reply.head(request.header("Sec-WebSocket-Key").orElse("")), true);
        }
    }

    @Override
    public synchronized void send(Frame frame) throws IOException {
        closeSent = closeSent || frame.opcode() == Frame.CLOSE;
        write(frame.bytes());
    }

    /** Writes bytes as they are. */
    synchronized void write(byte[] bytes) throws IOException {
        head();
        push(bytes, true);
        request.sent(bytes.length);
    }

    private synchronized void push(byte[] bytes, boolean flush) throws IOException {
        boolean now = !corked && (flush || held.size() >= PIECE);
        if (now && held.size() == 0) {
            Segments.write(out, bytes, reply.split);
            return;
        }
        held.writeBytes(bytes);
        if (now) {
            byte[] all = held.toByteArray();
            held.reset();
            Segments.write(out, all, reply.split);
        }
    }

    private void flush() throws IOException {
        push(new byte[0], true);
    }

    synchronized void cork() {
        corked = true;
    }

    synchronized void uncork() throws IOException {
        corked = false;
        flush();
    }

    @Override
    public void await(Gate gate) throws InterruptedException {
        gate.pass();
    }

    void expectMessage(String what, Predicate<Frame> wanted) throws IOException, InterruptedException {
        head();
        Optional<Frame> message = record.takeMessage();
        if (message.filter(wanted).isEmpty()) {
            throw new Unexpected("expected " + what + ", there came " + words(message));
        }
    }

    void expectFrame(Frame wanted) throws IOException, InterruptedException {
        head();
        Optional<Frame> frame = record.take();
        if (frame.filter(wanted::equals).isEmpty()) {
            throw new Unexpected("expected " + wanted + ", there came " + words(frame));
        }
    }

    void expectClose() throws IOException, InterruptedException {
        head();
        SocketEnd end = record.untilEnd();
        if (end.how() != SocketEnd.How.CLOSE) {
            throw new Unexpected("expected a Close frame, there came " + end);
        }
    }

    private String words(Optional<Frame> frame) throws InterruptedException {
        return frame.isPresent() ? frame.get().toString() : "the end, " + record.untilEnd();
    }

    void answerPings() throws IOException {
        head();
        pongs = true;
    }

    void echo() throws IOException, InterruptedException {
        answerPings();
        synchronized (switches) {
            echoWhatCame();
            flush();
            echoes = true;
        }
        record.untilEnd();
    }

    void serve(SocketReply.Handler handler) throws Exception {
        answerPings();
        Optional<Frame> message = record.takeMessage();
        while (message.isPresent()) {
            handler.message(message.get(), this);
            message = record.takeMessage();
        }
    }

    void reading(boolean on) throws IOException {
        head();
        synchronized (switches) {
            paused = !on;
            switches.notifyAll();
        }
    }

    private void awaitReading() throws InterruptedException {
        synchronized (switches) {
            while (paused && !raw.isClosed()) {
                switches.wait();
            }
        }
    }

    /** Closes with FIN. */
    void cut() throws IOException {
        head();
        over = true;
        raw.shutdownOutput();
        raw.close();
        reading(true);
    }

    /** Closes with RST. */
    void reset() throws IOException {
        head();
        abort();
        reading(true);
    }

    private void abort() throws IOException {
        if (raw.isClosed()) {
            return;
        }
        over = true;
        raw.setSoLinger(true, 0);
        raw.close();
    }

    /** Something else came than the script expected. */
    static final class Unexpected extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Unexpected(String message) {
            super(message);
        }
    }
}
