package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import io.aiproxy.app.UsageParts;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.InMemoryBooks;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Subtitles tell no usage: how long the sound is shows in the last one, and what was said can be counted. */
@NeedsGateway
class SubtitleUsageTest {
    private final InMemoryBooks books = new InMemoryBooks();

    @Test
    void subtitlesAreEstimated() throws Exception {
        UsageRecord booked = booked(
                AudioResponseFormat.VTT,
                "text/vtt; charset=utf-8",
                "WEBVTT\n\n00:00.000 --> 00:04.250\nMeet me at nine.\n\n01:04.250 --> 01:07.500\nBring the papers.\n");
        assertThat(booked.source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(booked.usage().seconds()).isEqualTo(68);
        assertThat(booked.usage().outputTokens()).isBetween(8L, 16L); // seven words, two full stops, line feeds
        assertThat(booked.usage().inputTokens()).isZero();
    }

    @Test
    void textIsEstimated() throws Exception {
        UsageRecord booked = booked(AudioResponseFormat.TEXT, "text/plain; charset=utf-8", "Meet me at nine.\n");
        assertThat(booked.source()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(booked.usage().seconds()).isZero();
        assertThat(booked.usage().outputTokens()).isBetween(4L, 7L);
    }

    private UsageRecord booked(AudioResponseFormat format, String type, String body) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.onAny()
                    .reply(Reply.status(200).header("Content-Type", type).body(body));
            RigConfig config = RigConfig.empty()
                    .channel("openai", upstream, "dialect: openai")
                    .user("zhangsan", GatewayRig.KEY, "openai");
            try (GatewayRig rig = GatewayRig.prepare(config, settings -> settings)) {
                rig.boot(GatewayRig.booked(
                        parts -> new UsageParts((settings, snapshot) -> books, parts.estimator(), parts.pricing())));
                assertThat(transcription(rig, format)).isEqualTo(body);
                await().until(() -> !records().isEmpty());
            }
        }
        assertThat(records()).hasSize(1);
        return records().get(0);
    }

    private static String transcription(GatewayRig rig, AudioResponseFormat format) {
        OpenAIClient client = OpenAiScenarios.client(rig.baseUrl() + "/v1", GatewayRig.KEY);
        try {
            return client.audio()
                    .transcriptions()
                    .create(TranscriptionCreateParams.builder()
                            .model("whisper-1")
                            .responseFormat(format)
                            .file(Payload.bytes(0, 2000))
                            .build())
                    .asTranscription()
                    .text();
        } finally {
            client.close();
        }
    }

    private List<UsageRecord> records() throws BooksException {
        return books.records(new RecordQuery(Instant.EPOCH, Instant.MAX, Map.of(), Optional.empty(), 100));
    }
}
