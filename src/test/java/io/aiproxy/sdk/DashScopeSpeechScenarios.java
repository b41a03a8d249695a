package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.dashscope.audio.asr.recognition.Recognition;
import com.alibaba.dashscope.audio.asr.recognition.RecognitionParam;
import com.alibaba.dashscope.audio.asr.recognition.RecognitionResult;
import com.alibaba.dashscope.audio.tts.SpeechSynthesisResult;
import com.alibaba.dashscope.audio.ttsv2.SpeechSynthesisAudioFormat;
import com.alibaba.dashscope.audio.ttsv2.SpeechSynthesisParam;
import com.alibaba.dashscope.audio.ttsv2.SpeechSynthesizer;
import com.alibaba.dashscope.common.ResultCallback;
import com.alibaba.dashscope.exception.ApiException;
import com.alibaba.dashscope.utils.Constants;
import io.aiproxy.testing.Frame;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Payload;
import io.aiproxy.testing.SocketRecord;
import io.aiproxy.testing.providers.DashScopeSpeechProvider;
import io.reactivex.Flowable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people do with dashscope-sdk-java over WebSocket: speech from text, text from speech. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DashScopeSpeechScenarios {
    SdkAccess access;
    private Gate gate;
    private String usualUrl;

    abstract SdkAccess access();

    @BeforeAll
    void start() {
        access = access();
        usualUrl = Constants.baseWebsocketApiUrl;
        // Recognition has no constructor that takes a URL.
        Constants.baseWebsocketApiUrl = url();
    }

    @AfterAll
    void stop() {
        Constants.baseWebsocketApiUrl = usualUrl;
        access.close();
    }

    @BeforeEach
    void connect() {
        access.expect("Authorization", "Bearer ");
        gate = Gate.closed();
        DashScopeSpeechProvider.on(access.upstream(), gate);
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(access.upstream().leaks()).isEmpty();
        assertThat(access.upstream().requests())
                .allMatch(r -> r.socket().frames().stream().allMatch(Frame::masked));
        assertThat(access.upstream().troubles()).isEmpty();
    }

    private String url() {
        return access.baseUrl().replaceFirst("^http", "ws") + "/api-ws/v1/inference/";
    }

    private SpeechSynthesisParam voice(String model) {
        return SpeechSynthesisParam.builder()
                .apiKey(access.key())
                .model(model)
                .voice("longxiaochun")
                .format(SpeechSynthesisAudioFormat.PCM_16000HZ_MONO_16BIT)
                .build();
    }

    private RecognitionParam ear() {
        return RecognitionParam.builder()
                .apiKey(access.key())
                .model("paraformer-realtime-v2")
                .format("pcm")
                .sampleRate(16_000)
                .build();
    }

    /** Collects what a callback is told. */
    private static final class Heard extends ResultCallback<SpeechSynthesisResult> {
        private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
        private final List<Integer> characters = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch firstAudio = new CountDownLatch(1);
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        public void onEvent(SpeechSynthesisResult result) {
            if (result.getAudioFrame() != null) {
                byte[] bytes = new byte[result.getAudioFrame().remaining()];
                result.getAudioFrame().get(bytes);
                audio.writeBytes(bytes);
                firstAudio.countDown();
            }
            if (result.getUsage() != null) {
                characters.add(result.getUsage().getCharacters());
            }
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }

        @Override
        public void onError(Exception e) {
            end.completeExceptionally(e);
        }
    }

    @Test
    void speechComesWhole() {
        gate.open();
        SpeechSynthesizer synthesizer = new SpeechSynthesizer(voice("cosyvoice-v2"), null, url());
        ByteBuffer audio = synthesizer.call("今天天气怎么样？");
        byte[] bytes = new byte[audio.remaining()];
        audio.get(bytes);
        assertThat(bytes).isEqualTo(DashScopeSpeechProvider.speech(1));
        SocketRecord record = access.upstream().only().socket();
        assertThat(record.texts()).hasSize(3);
        assertThat(record.texts().get(0)).contains("run-task").contains("cosyvoice-v2");
        assertThat(record.texts().get(1)).contains("continue-task").contains("今天天气怎么样？");
        assertThat(record.texts().get(2)).contains("finish-task");
    }

    @Test
    void speechStreams() throws Exception {
        Heard heard = new Heard();
        SpeechSynthesizer synthesizer = new SpeechSynthesizer(voice("cosyvoice-v2"), heard, url());
        synthesizer.streamingCall("今天");
        assertThat(heard.firstAudio.await(20, TimeUnit.SECONDS)).isTrue();
        synthesizer.streamingCall("天气");
        synthesizer.asyncStreamingComplete();
        gate.awaitReached();
        assertThat(heard.end).isNotDone();
        gate.open();
        heard.end.get(20, TimeUnit.SECONDS);
        assertThat(heard.audio.toByteArray()).isEqualTo(DashScopeSpeechProvider.speech(2));
        assertThat(heard.characters).last().isEqualTo(4);
        synthesizer.getDuplexApi().close(1000, "bye");
        assertThat(access.upstream().only().socket().awaitEnd().code()).isEqualTo(1000);
    }

    @Test
    void aFailedTaskIsTheSdksOwnException() {
        Heard heard = new Heard();
        SpeechSynthesizer synthesizer = new SpeechSynthesizer(voice("no-such-model"), heard, url());
        assertThatThrownBy(() -> {
                    synthesizer.streamingCall("今天");
                    heard.end.get(20, TimeUnit.SECONDS);
                })
                .hasStackTraceContaining("ModelNotFound")
                .hasRootCauseInstanceOf(ApiException.class);
    }

    @Test
    void severalTasksShareASocket() throws Exception {
        gate.open();
        SpeechSynthesizer synthesizer = new SpeechSynthesizer(voice("cosyvoice-v2"), null, url());
        synthesizer.call("一");
        synthesizer.updateParamAndCallback(voice("cosyvoice-v3-flash"), null);
        ByteBuffer audio = synthesizer.call("二");
        assertThat(audio.remaining()).isEqualTo(DashScopeSpeechProvider.speech(1).length);
        assertThat(access.upstream().only().socket().texts())
                .filteredOn(t -> t.contains("run-task"))
                .hasSize(2);
    }

    @Test
    void recognitionStreams() throws Exception {
        List<RecognitionResult> results = Collections.synchronizedList(new ArrayList<>());
        Flowable<ByteBuffer> audio = Flowable.range(0, 20).map(i -> ByteBuffer.wrap(Payload.bytes(i * 3200L, 3200)));
        CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
            try {
                new Recognition().streamCall(ear(), audio).blockingForEach(results::add);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        gate.awaitReached();
        gate.open();
        end.get(20, TimeUnit.SECONDS);
        assertThat(results)
                .filteredOn(RecognitionResult::isSentenceEnd)
                .singleElement()
                .satisfies(r -> {
                    assertThat(r.getSentence().getText()).isEqualTo("你好，世界。");
                    assertThat(r.getSentence().getWords()).hasSize(2);
                    assertThat(r.getUsage().getDuration()).isEqualTo(2);
                });
        assertThat(access.upstream().only().socket().frames().stream()
                        .filter(f -> f.opcode() == Frame.BINARY)
                        .mapToLong(Frame::length)
                        .sum())
                .isEqualTo(64_000);
    }

    @Test
    void aFileIsRecognized(@TempDir Path files) throws Exception {
        gate.open();
        Path file = Files.write(files.resolve("speech.pcm"), Payload.bytes(0, 40_000));
        assertThat(new Recognition().call(ear(), file.toFile())).contains("你好，世界。");
        SocketRecord record = access.upstream().only().socket();
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        record.frames().stream().filter(f -> f.opcode() == Frame.BINARY).forEach(f -> sent.writeBytes(f.payload()));
        assertThat(sent.toByteArray()).isEqualTo(Payload.bytes(0, 40_000));
    }
}
