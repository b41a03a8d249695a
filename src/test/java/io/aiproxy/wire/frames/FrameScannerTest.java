package io.aiproxy.wire.frames;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where frames begin and end, which of them may pass, and that nothing is changed. */
class FrameScannerTest {
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

    private void feed(FrameScanner scanner, byte[] bytes) {
        take(scanner.pass(Unpooled.copiedBuffer(bytes)));
    }

    private void take(@Nullable ByteBuf out) {
        if (out != null) {
            byte[] copy = new byte[out.readableBytes()];
            out.readBytes(copy);
            passed.writeBytes(copy);
            out.release();
        }
    }

    private static FrameScanner fromChannel() {
        return new FrameScanner(false, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bytesPassUnchangedInWhateverPiecesTheyArrive(long seed) {
        Random random = new Random(seed);
        Frames frames = Frames.fromCaller();
        int count = 60;
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[sizes(random)];
            random.nextBytes(payload);
            frames.frame(i % 7 == 6 && payload.length < 126 ? 0x89 : 0x82, payload);
        }
        byte[] all = frames.bytes();
        FrameScanner scanner = new FrameScanner(true, 0, 0);
        for (int at = 0; at < all.length; ) {
            int n = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 5 : 20_000));
            byte[] piece = new byte[n];
            System.arraycopy(all, at, piece, 0, n);
            feed(scanner, piece);
            at += n;
        }
        assertThat(passed.toByteArray()).isEqualTo(all);
        assertThat(scanner.frames()).isEqualTo(count);
        assertThat(scanner.betweenFrames()).isTrue();
        assertThat(scanner.violation()).isNull();
    }

    private static int sizes(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(126);
            case 2 -> 125 + random.nextInt(3);
            case 3 -> 65_534 + random.nextInt(4);
            default -> random.nextInt(3000);
        };
    }

    @Test
    void theSameBufferIsPassedOnWhenNothingIsHeldBack() {
        ByteBuf in = Frames.fromChannel().frame(0x81, "hi".getBytes(UTF_8)).buffer();
        ByteBuf out = fromChannel().pass(in);
        assertThat(out).isSameAs(in);
        in.release();
    }

    @Test
    void halfAHeaderIsHeldBackUntilItIsWhole() {
        FrameScanner scanner = fromChannel();
        byte[] frame = Frames.fromChannel().frame(0x82, new byte[300]).bytes();
        feed(scanner, new byte[] {frame[0], frame[1], frame[2]});
        assertThat(passed.size()).isZero();
        assertThat(scanner.betweenFrames()).isTrue();
        feed(scanner, new byte[] {frame[3]});
        assertThat(passed.size()).isEqualTo(4);
        assertThat(scanner.betweenFrames()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1000,done", "1011,'half of it'", "4001,'grün'"})
    void theCodeOfACloseFrameIsRead(int code, String reason) {
        for (boolean masked : new boolean[] {true, false}) {
            FrameScanner scanner = new FrameScanner(masked, 0, 0);
            take(scanner.pass(CloseFrame.of(code, reason, masked)));
            assertThat(scanner.closed()).isTrue();
            assertThat(scanner.closeCode(1005)).isEqualTo(code);
        }
    }

    @Test
    void aCloseFrameWithoutACodeHasTheCodeForThat() {
        FrameScanner scanner = fromChannel();
        feed(scanner, Frames.fromChannel().frame(0x88, new byte[0]).bytes());
        assertThat(scanner.closed()).isTrue();
        assertThat(scanner.closeCode(1005)).isEqualTo(1005);
    }

    @Test
    void nothingPassesBehindACloseFrame() {
        FrameScanner scanner = fromChannel();
        byte[] close =
                Frames.fromChannel().frame(0x88, new byte[] {3, (byte) 0xe8}).bytes();
        feed(
                scanner,
                Frames.fromChannel()
                        .raw(unsigned(close))
                        .frame(0x81, "late".getBytes(UTF_8))
                        .bytes());
        assertThat(passed.toByteArray()).isEqualTo(close);
    }

    private static int[] unsigned(byte[] bytes) {
        int[] all = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = bytes[i] & 0xff;
        }
        return all;
    }

    @Test
    void aFrameBeyondTheLimitIsStoppedBeforeItsFirstByte() {
        FrameScanner scanner = new FrameScanner(false, 10, 0);
        byte[] good = Frames.fromChannel().frame(0x82, new byte[10]).bytes();
        feed(
                scanner,
                Frames.fromChannel()
                        .raw(unsigned(good))
                        .frame(0x82, new byte[11])
                        .bytes());
        assertThat(passed.toByteArray()).isEqualTo(good);
        assertThat(scanner.violation()).isEqualTo(CloseCause.FRAME_TOO_LARGE);
        assertThat(scanner.betweenFrames()).isTrue();
    }

    @Test
    void theCloseFrameBehindAFrameThatIsTooLargeIsStillSeen() {
        FrameScanner scanner = new FrameScanner(true, 10, 0);
        byte[] bytes = Frames.fromCaller()
                .frame(0x82, new byte[5000])
                .frame(0x88, new byte[] {3, (byte) 0xe8})
                .bytes();
        for (byte b : bytes) {
            feed(scanner, new byte[] {b});
        }
        assertThat(passed.size()).isZero();
        assertThat(scanner.violation()).isEqualTo(CloseCause.FRAME_TOO_LARGE);
        assertThat(scanner.closed()).isTrue();
    }

    @Test
    void fragmentsCountTogetherAndControlFramesBetweenThemDoNot() {
        FrameScanner scanner = new FrameScanner(false, 0, 20);
        byte[] good = Frames.fromChannel()
                .frame(0x02, new byte[10])
                .frame(0x89, new byte[100])
                .frame(0x00, new byte[10])
                .bytes();
        feed(scanner, good);
        assertThat(scanner.violation()).isNull();
        feed(scanner, Frames.fromChannel().frame(0x80, new byte[1]).bytes());
        assertThat(scanner.violation()).isEqualTo(CloseCause.MESSAGE_TOO_LARGE);
        assertThat(passed.toByteArray()).isEqualTo(good);
    }

    @Test
    void aNewMessageBeginsToCountAtZero() {
        FrameScanner scanner = new FrameScanner(false, 0, 20);
        for (int i = 0; i < 10; i++) {
            feed(scanner, Frames.fromChannel().frame(0x82, new byte[20]).bytes());
        }
        assertThat(scanner.violation()).isNull();
    }

    @Test
    void aCallersFrameMustBeMaskedAndAChannelsMustNot() {
        FrameScanner caller = new FrameScanner(true, 0, 0);
        feed(caller, Frames.fromChannel().frame(0x81, "x".getBytes(UTF_8)).bytes());
        assertThat(caller.violation()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        FrameScanner channel = fromChannel();
        feed(channel, Frames.fromCaller().frame(0x81, "x".getBytes(UTF_8)).bytes());
        assertThat(channel.violation()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        assertThat(passed.size()).isZero();
    }

    @Test
    void controlFramesAreShortAndWhole() {
        FrameScanner longPing = fromChannel();
        feed(longPing, Frames.fromChannel().frame(0x89, new byte[126]).bytes());
        assertThat(longPing.violation()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        FrameScanner fragmented = fromChannel();
        feed(fragmented, Frames.fromChannel().frame(0x09, new byte[1]).bytes());
        assertThat(fragmented.violation()).isEqualTo(CloseCause.PROTOCOL_ERROR);
    }

    @Test
    void aLengthWithItsHighestBitSetIsNoLength() {
        FrameScanner scanner = fromChannel();
        feed(
                scanner,
                Frames.fromChannel().raw(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1).bytes());
        assertThat(scanner.violation()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        feed(scanner, new byte[100]);
        assertThat(passed.size()).isZero();
    }

    @Test
    void aFrameOfManyGigabytesIsFollowedWithoutALimit() {
        FrameScanner scanner = fromChannel();
        feed(
                scanner,
                Frames.fromChannel().raw(0x82, 127, 0, 0, 0, 0x10, 0, 0, 0, 0).bytes());
        assertThat(scanner.violation()).isNull();
        feed(scanner, new byte[1000]);
        assertThat(passed.size()).isEqualTo(1010);
        assertThat(scanner.betweenFrames()).isFalse();
    }

    @Test
    void reservedBitsAndOpcodesAreTheEndsBusiness() {
        FrameScanner scanner = fromChannel();
        byte[] odd = Frames.fromChannel()
                .frame(0xf1, new byte[3])
                .frame(0x83, new byte[3])
                .frame(0x8b, new byte[3])
                .bytes();
        feed(scanner, odd);
        assertThat(scanner.violation()).isNull();
        assertThat(passed.toByteArray()).isEqualTo(odd);
    }

    @Test
    void aReasonThatIsTooLongIsCutAtACharactersEnd() {
        FrameScanner scanner = fromChannel();
        take(scanner.pass(CloseFrame.of(1009, "\uD83D\uDE00".repeat(60), false)));
        assertThat(scanner.closed()).isTrue();
        byte[] frame = passed.toByteArray();
        String reason = new String(frame, 4, frame.length - 4, UTF_8);
        assertThat(reason).isEqualTo("\uD83D\uDE00".repeat(30));
    }

    @Test
    void stoppedInTheMiddleOfAFrameItLetsTheRestOfThatFramePass() {
        byte[] first = Frames.fromChannel().frame(0x81, new byte[20]).bytes();
        byte[] all = Frames.fromChannel()
                .frame(0x81, new byte[20])
                .frame(0x82, new byte[300])
                .frame(0x88, new byte[] {3, (byte) 0xe8})
                .bytes();
        for (int piece = 1; piece < all.length; piece++) {
            passed.reset();
            FrameScanner scanner = fromChannel();
            feed(scanner, Arrays.copyOf(all, 5));
            scanner.stop();
            assertThat(scanner.betweenFrames()).isFalse();
            for (int at = 5; at < all.length; at += piece) {
                feed(scanner, Arrays.copyOfRange(all, at, Math.min(all.length, at + piece)));
                assertThat(scanner.betweenFrames()).isEqualTo(passed.size() == first.length);
            }
            assertThat(passed.toByteArray()).isEqualTo(first);
            assertThat(scanner.closed()).isTrue();
            assertThat(scanner.closeCode(0)).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void stoppedBetweenTwoFramesItLetsNothingPass(int ofTheNextHeader) {
        byte[] first = Frames.fromChannel().frame(0x81, new byte[20]).bytes();
        byte[] all = Frames.fromChannel()
                .frame(0x81, new byte[20])
                .frame(0x82, new byte[300])
                .bytes();
        FrameScanner scanner = fromChannel();
        feed(scanner, Arrays.copyOf(all, first.length + ofTheNextHeader));
        scanner.stop();
        assertThat(scanner.betweenFrames()).isTrue();
        feed(scanner, Arrays.copyOfRange(all, first.length + ofTheNextHeader, all.length));
        assertThat(scanner.betweenFrames()).isTrue();
        assertThat(passed.toByteArray()).isEqualTo(first);
    }
}
