package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.journal.Block;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How records lie in a block: byte by byte, within its bounds, and what is said of bytes that are none. */
class BlockTest {
    private static final HexFormat HEX = HexFormat.of();

    private static UsageRecord record(String id, long started, List<String> groups, Map<String, String> tags) {
        return new UsageRecord(
                id,
                started,
                started + 1,
                "u",
                "",
                groups,
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                true,
                200,
                "",
                "",
                0,
                30,
                2,
                -1,
                1_000,
                -1,
                new Usage(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14),
                UsageSource.ESTIMATED,
                -1,
                "",
                true,
                tags,
                "",
                0,
                "");
    }

    private static UsageRecord withWork(UsageRecord of, String work) {
        return new UsageRecord(
                of.id(),
                of.startedMillis(),
                of.endedMillis(),
                of.user(),
                of.key(),
                of.groups(),
                of.channel(),
                of.credential(),
                of.dialect(),
                of.operation(),
                of.template(),
                of.method(),
                of.modelAsked(),
                of.modelAnswered(),
                of.webSocket(),
                of.status(),
                of.ending(),
                of.failure(),
                of.attempts(),
                of.bytesIn(),
                of.bytesOut(),
                of.firstByteMicros(),
                of.durationMicros(),
                of.overheadMicros(),
                of.usage(),
                of.source(),
                of.cost(),
                of.currency(),
                of.priced(),
                of.tags(),
                of.client(),
                of.configVersion(),
                work);
    }

    private static UsageRecord grouped(String id, String group, int groups) {
        return record(
                id, 1_000, IntStream.range(0, groups).mapToObj(i -> group + i).toList(), Map.of());
    }

    /** As docs/reference/journal.md tells it. It must be read like this for ever, so a change here needs another format. */
    @Test
    void everyByteHasItsPlace() throws IOException {
        List<UsageRecord> records =
                List.of(record("a", 1_000, List.of(), Map.of()), record("ab", 999, List.of(), Map.of("t", "u")));
        String numbers = "9e00" + "02" + "00" + "e907" + "00"; // bytes in and out, first byte, duration, overhead
        String usage = "ff7f" + "0102030405060708090a0b0c0d0e";
        String hex = "01"
                + "81c004" // what differs from nothing: user, status, flags
                + "000175" // the first word, of one byte
                + "c801" // 200
                + "07" // a WebSocket, priced, estimated
                + "000161" // nothing of the id before, one byte more
                + "d00f" // 1,000 milliseconds after 1970
                + "00" // ended when the duration says
                + numbers
                + usage
                + "01" // minus a billionth
                + "8001" // what differs: tags
                + "01" // one of them
                + "010174" // another word
                + "00" // the first one again
                + "010162" // one byte of the id before, and one more
                + "01" // a millisecond before the other
                + "00"
                + numbers
                + usage
                + "01";
        assertThat(Records.blocks(records)).singleElement().satisfies(block -> {
            assertThat(HEX.formatHex(block.bytes())).isEqualTo(hex);
            assertThat(block.records()).isEqualTo(2);
        });
        assertThat(Records.read(List.of(new Block(HEX.parseHex(hex), 2)))).isEqualTo(records);
    }

    /** Where no record tells work, it takes nothing. */
    @Test
    void workHasItsPlaceBehindTheOtherColumns() throws IOException {
        UsageRecord fetched = withWork(record("a", 1_000, List.of(), Map.of()), "w");
        List<UsageRecord> records = List.of(fetched, record("ab", 999, List.of(), Map.of()));
        String numbers = "9e00" + "02" + "00" + "e907" + "00";
        String rest = numbers + "ff7f" + "0102030405060708090a0b0c0d0e" + "01";
        String hex = "01"
                + "81c044" // what differs from nothing: user, status, flags, work
                + "000175" // the user
                + "c801" // 200
                + "07" // a WebSocket, priced, estimated
                + "010177" // the work
                + "000161" + "d00f" + "00" + rest
                + "808040" // what differs: work
                + "0200" // another word, of no bytes
                + "010162" + "01" + "00" + rest;
        assertThat(Records.blocks(records)).singleElement().satisfies(block -> assertThat(HEX.formatHex(block.bytes()))
                .isEqualTo(hex));
        assertThat(Records.read(List.of(new Block(HEX.parseHex(hex), 2)))).isEqualTo(records);
    }

    /** A number's place in a block is its place among these. */
    @Test
    void usageHasTheseNumbersInThisOrderForEver() {
        assertThat(Arrays.stream(UsageField.values()).map(UsageField::word))
                .as("a new one goes behind the others, in BlockWriter and BlockReader, too")
                .containsExactly(
                        "input_tokens",
                        "output_tokens",
                        "cached_input_tokens",
                        "cache_write_tokens",
                        "reasoning_tokens",
                        "audio_input_tokens",
                        "audio_output_tokens",
                        "image_input_tokens",
                        "characters",
                        "seconds",
                        "images",
                        "cache_write_hour_tokens",
                        "cached_audio_input_tokens",
                        "cached_image_input_tokens");
        assertThat(BlockFormat.USAGE_FIELDS).isEqualTo(UsageField.values().length);
    }

    @Test
    void aBlockEndsAtSixtyFourRecords() throws IOException {
        List<UsageRecord> records = IntStream.range(0, 130)
                .mapToObj(i -> Records.record("call-" + i))
                .toList();
        List<Block> blocks = Records.blocks(records);
        assertThat(blocks).extracting(Block::records).containsExactly(64, 64, 2);
        assertThat(blocks.get(0).bytes().length).isLessThan(64 * 35); // of 590 each as JSON
        assertThat(Records.read(blocks)).isEqualTo(records);
    }

    @Test
    void aBlockEndsAtSixteenKilobytes() throws IOException {
        List<UsageRecord> records = IntStream.range(0, 20)
                .mapToObj(i -> grouped("call-" + i, "g" + i + "x".repeat(500), 6))
                .toList();
        List<Block> blocks = Records.blocks(records);
        assertThat(blocks).extracting(Block::records).containsExactly(6, 6, 6, 2);
        assertThat(Records.read(blocks)).isEqualTo(records);
    }

    @Test
    void aRecordThatIsTooLongHarmsNoOther() throws IOException {
        BlockWriter writer = new BlockWriter();
        UsageRecord huge = grouped("huge", "g".repeat(500), 3_000);
        assertThatThrownBy(() -> writer.add(huge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many groups or tags");
        assertThat(writer.isEmpty()).isTrue();
        writer.add(Records.record("a"));
        assertThatThrownBy(() -> writer.add(huge)).isInstanceOf(IllegalArgumentException.class);
        assertThat(writer.full()).isTrue();
        Block first = writer.end();
        writer.add(Records.record("b"));
        assertThat(Records.read(List.of(first, writer.end())))
                .containsExactly(Records.record("a"), Records.record("b"));
    }

    @Test
    @SuppressWarnings("StringEquality") // that is what it is about
    void whatRecursIsOneObject() throws IOException {
        BlockReader reader = new BlockReader(new Recurring(64));
        List<Block> blocks = Records.blocks(IntStream.range(0, 100)
                .mapToObj(i -> Records.record("call-" + i))
                .toList());
        List<UsageRecord> records = new java.util.ArrayList<>();
        for (Block block : blocks) {
            records.addAll(reader.records(block));
        }
        assertThat(records).hasSize(100);
        UsageRecord first = records.get(0);
        assertThat(records)
                .allSatisfy(record -> assertThat(record.user() == first.user() && record.channel() == first.channel())
                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 1 | it is empty",
                "02 | 1 | its format is 2, and this version of aiproxy knows none above 1",
                "01 | 1 | it ends early",
                "01 80 | 1 | it ends early",
                "01 8080808080808080808000 | 1 | it has a number that is too long",
                "01 ffffff7f | 1 | its mask of columns is 268435455, and cannot be more than 2097151",
                "01 01 05 | 1 | its word is 5, and cannot be more than 0",
                "01 01 00 0161 00 | 1 | it ends early",
                "01 01 00 7f | 1 | its word's length is 127, and cannot be more than 0",
                "01 20 ffffffff07 | 1 | its number of groups is 2147483647, and cannot be more than 0",
                "01 8001 0200 | 1 | its number of tags is 2, and cannot be more than 0",
                "01 808004 0c | 1 | it has unknown flags 12",
                "01 804080 | 1 | it ends early",
                "01 00 01 | 1 | its part of the id before is 1, and cannot be more than 0",
                "01 00 00 ffffffffffffffffff01 | 1 | its rest of the id is 18446744073709551615, and cannot be more than 1536",
                "01 00 00 05 61 | 1 | it ends early",
                "01 00 0000 0000 0000 000000 8080 01 | 1 | its mask of usage is 16384, and cannot be more than 16383",
                "01 00 0000 0000 0000 000000 00 00 00 | 1 | it goes on behind its 1 records",
                "01 00 0000 0000 0000 000000 00 00 | 2 | it ends early"
            })
    void whatIsNoBlockIsTold(String hex, int records, String why) {
        assertThatThrownBy(() -> Records.read(List.of(new Block(HEX.parseHex(hex.replace(" ", "")), records))))
                .isInstanceOf(IOException.class)
                .hasMessage(why);
    }
}
