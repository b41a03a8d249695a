package io.aiproxy.wire.frames;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody sees who reads along. */
class MessageReaderTest {
    private final List<String> seen = new ArrayList<>();
    private boolean wanted = true;

    private FrameScanner scanner(boolean masked, String marker) {
        FrameScanner scanner = new FrameScanner(masked, 0, 0);
        scanner.readAlong(new MessageReader(
                () -> wanted, () -> marker.getBytes(UTF_8), message -> seen.add(new String(message, UTF_8))));
        return scanner;
    }

    private static void feed(FrameScanner scanner, byte[] bytes, int piece) {
        for (int at = 0; at < bytes.length; at += piece) {
            ByteBuf out = scanner.pass(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
            if (out != null) {
                out.release();
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
    void messagesAreSeenWholeInWhateverPiecesTheyArrive(int piece) {
        byte[] bytes = Frames.fromCaller()
                .frame(0x81, utf8("{\"one\":1}"))
                .frame(0x01, utf8("{\"tw"))
                .frame(0x89, utf8("ping"))
                .frame(0x00, utf8("o\":"))
                .frame(0x80, utf8("\"zwölf\"}"))
                .frame(0x82, new byte[] {1, 2, 3})
                .frame(0x82, utf8("{\"binary\":true}"))
                .frame(0x81, new byte[0])
                .bytes();
        feed(scanner(true, ""), bytes, piece);
        assertThat(seen).containsExactly("{\"one\":1}", "{\"two\":\"zwölf\"}", "{\"binary\":true}");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100_000})
    void onlyMessagesWithTheMarkerAreSeen(int piece) {
        byte[] bytes = Frames.fromChannel()
                .frame(0x81, utf8("{\"delta\":\"abc\"}"))
                .frame(0x81, utf8("{\"usag\":1,\"usage\":{}}"))
                .frame(0x81, utf8("us"))
                .frame(0x01, utf8("{\"us"))
                .frame(0x80, utf8("age\":2}"))
                .frame(0x82, utf8("usage in audio"))
                .bytes();
        feed(scanner(false, "usage"), bytes, piece);
        assertThat(seen).containsExactly("{\"usag\":1,\"usage\":{}}", "{\"usage\":2}");
    }

    @Test
    void whatIsNoLongerWantedIsNotSeen() {
        FrameScanner scanner = scanner(true, "");
        feed(scanner, Frames.fromCaller().frame(0x81, utf8("first")).bytes(), 100);
        wanted = false;
        feed(scanner, Frames.fromCaller().frame(0x81, utf8("second")).bytes(), 100);
        assertThat(seen).containsExactly("first");
    }

    @Test
    void aMessageBeyondTheLimitIsLeftOutAndTheNextIsSeen() {
        FrameScanner scanner = scanner(false, "");
        byte[] large = new byte[MessageReader.LARGEST + 1];
        Arrays.fill(large, (byte) 'a');
        feed(
                scanner,
                Frames.fromChannel()
                        .frame(0x81, large)
                        .frame(0x81, utf8("next"))
                        .bytes(),
                50_000);
        assertThat(seen).containsExactly("next");
    }

    @Test
    void compressedMessagesAreReadWithTheContextOfThoseBefore() {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        String usage = "{\"type\":\"response.done\",\"response\":{\"usage\":{\"input_tokens\":12}}}";
        Frames frames = Frames.fromChannel();
        byte[] audio = new byte[20_000];
        new Random(7).nextBytes(audio);
        frames.frame(0xc2, deflated(deflater, audio));
        frames.frame(0xc1, deflated(deflater, utf8(usage)));
        byte[] again = deflated(deflater, utf8(usage + "again"));
        assertThat(again.length).as("refers back to the message before").isLessThan(30);
        frames.frame(0x41, Arrays.copyOf(again, 4)); // RSV1 on the first fragment only
        frames.frame(0x80, Arrays.copyOfRange(again, 4, again.length));
        feed(scanner(false, "usage"), frames.bytes(), 11);
        deflater.end();
        assertThat(seen).containsExactly(usage, usage + "again");
    }

    /** RFC 7692, 7.2.1: flushed, without the last four bytes of the flush. */
    private static byte[] deflated(Deflater deflater, byte[] message) {
        deflater.setInput(message);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] piece = new byte[4096];
        int n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
        while (n > 0) {
            out.write(piece, 0, n);
            n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
        }
        byte[] all = out.toByteArray();
        return Arrays.copyOf(all, all.length - 4);
    }

    @Test
    void aBombIsNotUnpacked() {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        byte[] bomb = deflated(deflater, new byte[40 << 20]);
        byte[] after = deflated(deflater, utf8("after"));
        feed(
                scanner(false, ""),
                Frames.fromChannel().frame(0xc1, bomb).frame(0xc1, after).bytes(),
                100_000);
        deflater.end();
        assertThat(seen).isEmpty();
    }

    @Test
    void whatIsCalledCompressedAndIsNotDoesNoHarm() {
        FrameScanner scanner = scanner(false, "");
        byte[] bytes = Frames.fromChannel()
                .frame(0xc1, utf8("this was never deflated"))
                .frame(0x81, utf8("plain"))
                .bytes();
        feed(scanner, bytes, 100);
        assertThat(scanner.violation()).isNull();
        assertThat(scanner.frames()).isEqualTo(2);
    }
}
