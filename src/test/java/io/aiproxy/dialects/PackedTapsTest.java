package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed answers are read as well as plain ones, wherever their bytes are cut. */
class PackedTapsTest {
    static Stream<Answered> answers() {
        return AnswerForms.all();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whereverItIsCut(Answered answer) throws IOException {
        for (Map.Entry<String, byte[]> packed : packed(answer.body()).entrySet()) {
            byte[] body = packed.getValue();
            for (int cut = 0; cut <= body.length; cut += 1 + body.length / 200) {
                AnswerTap tap = tap(answer, packed.getKey().split("#", -1)[0]);
                ByteBuffer first =
                        ByteBuffer.allocateDirect(cut).put(body, 0, cut).flip();
                tap.bytes(first);
                tap.bytes(ByteBuffer.wrap(body, cut, body.length - cut).asReadOnlyBuffer());
                tap.end();
                AnswerTapsTest.assertTells(answer, tap);
            }
        }
    }

    @Test
    void byteByByte() throws IOException {
        Answered answer = AnswerForms.all().findFirst().orElseThrow();
        for (Map.Entry<String, byte[]> packed : packed(answer.body()).entrySet()) {
            AnswerTap tap = tap(answer, packed.getKey().split("#", -1)[0]);
            for (byte b : packed.getValue()) {
                tap.bytes(ByteBuffer.wrap(new byte[] {b}));
            }
            tap.end();
            AnswerTapsTest.assertTells(answer, tap);
        }
    }

    /** Each in one of the ways that its name allows. */
    private static Map<String, byte[]> packed(String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> packed = new LinkedHashMap<>();
        packed.put("gzip", packed(GZIPOutputStream::new, body));
        packed.put("X-GZip", gzipWithEverything(body));
        packed.put("gzip#members", members(body));
        packed.put("deflate", packed(DeflaterOutputStream::new, body));
        packed.put("deflate#raw", raw(body));
        packed.put("identity", body);
        packed.put("deflate, gzip", packed(GZIPOutputStream::new, packed(DeflaterOutputStream::new, body)));
        if (BrotliTap.available()) {
            packed.put("br", Encoder.compress(body));
            packed.put("gzip, br", Encoder.compress(packed(GZIPOutputStream::new, body)));
        }
        packed.put("zstd", Zstd.compress(body));
        packed.put("ZSTD#frames", frames(body));
        packed.put("gzip, zstd", Zstd.compress(packed(GZIPOutputStream::new, body)));
        return packed;
    }

    /** As one packs who packs each part for itself (RFC 1952, 2.2). */
    private static byte[] members(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int half = body.length / 2;
        packed.writeBytes(gzipWithEverything(Arrays.copyOf(body, half)));
        packed.writeBytes(packed(GZIPOutputStream::new, Arrays.copyOfRange(body, half, body.length)));
        return packed.toByteArray();
    }

    /** As a server packs a stream that flushes: blocks, and frames behind each other. */
    private static byte[] frames(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int half = body.length / 2;
        for (int[] part : new int[][] {{0, half}, {half, body.length - half}}) {
            try (ZstdOutputStream frame = new ZstdOutputStream(packed)) {
                for (int i = 0; i < part[1]; i += 100) {
                    frame.write(body, part[0] + i, Math.min(100, part[1] - i));
                    frame.flush();
                }
            }
        }
        return packed.toByteArray();
    }

    @Test
    void aWindowOfZstdThatIsTooLargeIsNotGiven() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream frame = new ZstdOutputStream(packed)) {
            frame.setLong(27);
            frame.write(AnswerForms.all().findFirst().orElseThrow().body().getBytes(StandardCharsets.UTF_8));
        }
        AnswerTap tap = tap(AnswerForms.all().findFirst().orElseThrow(), "zstd");
        tap.bytes(ByteBuffer.wrap(packed.toByteArray()));
        tap.end();
        assertThat(tap.usage()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "gzip, br", "zstd"})
    void whatIsNotPackedAtAllHarmsNobody(String encoding) throws IOException {
        Answered answer = AnswerForms.all().findFirst().orElseThrow();
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            byte[] body =
                    packed(answer.body()).getOrDefault(encoding, new byte[100]).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            AnswerTap tap = tap(answer, encoding);
            tap.bytes(ByteBuffer.wrap(body));
            tap.bytes(ByteBuffer.wrap(body));
            tap.end();
            assertThat(tap.textChars()).isGreaterThanOrEqualTo(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compress", "gzip, compress", "gzip,gzip,gzip,gzip"})
    void whatCannotBeReadIsNotTapped(String encoding) {
        assertThat(AnswerTaps.of(Heads.headers("Content-Type: application/json", "Content-Encoding: " + encoding)))
                .isEmpty();
    }

    @Test
    void thePlatformOfTheTestsKnowsAll() {
        assertThat(AnswerTaps.READABLE_ENCODINGS)
                .contains("br", "zstd", "gzip", "deflate", "identity")
                .doesNotContain("compress");
    }

    /** A hundred megabytes of nothing in some kilobytes: it is not unpacked to its end. */
    @Test
    void whatIsMadeToHarm() throws IOException {
        byte[] bomb = packed(
                packing -> new GZIPOutputStream(packing),
                ("{\"x\":\"" + "\0".repeat(100 << 20) + "\",\"usage\":{\"input_tokens\":1}}")
                        .getBytes(StandardCharsets.UTF_8));
        AnswerTap tap = tap(AnswerForms.all().findFirst().orElseThrow(), "gzip");
        tap.bytes(ByteBuffer.wrap(bomb));
        tap.end();
        assertThat(tap.usage()).isEmpty();
    }

    private static AnswerTap tap(Answered answer, String encoding) {
        return AnswerTaps.of(
                        Heads.headers("Content-Type: " + answer.type(), "Content-Encoding: " + encoding),
                        answer.spoken(),
                        UsageConfig.defaults(true))
                .orElseThrow();
    }

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] packed(Packer packer, byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packing = packer.over(out)) {
            packing.write(body);
        }
        return out.toByteArray();
    }

    /** RFC 1951 without RFC 1950 around it. */
    private static byte[] raw(byte[] body) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        deflater.setInput(body);
        deflater.finish();
        byte[] part = new byte[body.length * 2 + 100];
        int n = deflater.deflate(part);
        deflater.end();
        return java.util.Arrays.copyOf(part, n);
    }

    /** With every optional field of RFC 1952, section 2.3. */
    private static byte[] gzipWithEverything(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3});
        out.writeBytes(new byte[] {3, 0, 'e', 'x', 't'});
        out.writeBytes("name\0comment\0".getBytes(StandardCharsets.UTF_8));
        CRC32 sum = new CRC32();
        sum.update(out.toByteArray());
        out.write((int) sum.getValue());
        out.write((int) sum.getValue() >> 8);
        out.writeBytes(raw(body));
        out.writeBytes(new byte[8]); // sums, which nobody checks here
        return out.toByteArray();
    }
}
