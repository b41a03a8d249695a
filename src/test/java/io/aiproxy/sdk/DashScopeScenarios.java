package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.dashscope.aigc.generation.Generation;
import com.alibaba.dashscope.aigc.generation.GenerationParam;
import com.alibaba.dashscope.aigc.generation.GenerationResult;
import com.alibaba.dashscope.aigc.imagesynthesis.ImageSynthesis;
import com.alibaba.dashscope.aigc.imagesynthesis.ImageSynthesisParam;
import com.alibaba.dashscope.aigc.imagesynthesis.ImageSynthesisResult;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.providers.DashScopeProvider;
import java.util.Iterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What people do with dashscope-sdk-java over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DashScopeScenarios {
    SdkAccess access;
    private Gate gate;

    abstract SdkAccess access();

    @BeforeAll
    void start() {
        access = access();
    }

    @AfterAll
    void stop() {
        access.close();
    }

    @BeforeEach
    void connect() {
        access.expect("Authorization", "Bearer ");
        gate = Gate.closed();
        DashScopeProvider.on(access.upstream(), gate);
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(access.upstream().leaks()).isEmpty();
    }

    Generation generation() {
        return new Generation("http", access.baseUrl() + "/api/v1");
    }

    static GenerationParam question(String key) {
        return GenerationParam.builder()
                .apiKey(key)
                .model("qwen-plus")
                .prompt("你好")
                .resultFormat(GenerationParam.ResultFormat.MESSAGE)
                .build();
    }

    @Test
    void generationAnswers() throws Exception {
        GenerationResult result = generation().call(question(access.key()));
        assertThat(result.getOutput().getChoices().get(0).getMessage().getContent())
                .isEqualTo("你好！");
        assertThat(result.getUsage().getTotalTokens()).isEqualTo(25);
    }

    @Test
    void generationStreams() throws Exception {
        Iterator<GenerationResult> results = generation()
                .streamCall(question(access.key()))
                .blockingIterable()
                .iterator();
        GenerationResult last = results.next();
        assertThat(last.getOutput().getChoices().get(0).getMessage().getContent())
                .isEqualTo("你");
        assertThat(gate.isOpen()).as("the last event has not been written yet").isFalse();
        gate.open();
        while (results.hasNext()) {
            last = results.next();
        }
        assertThat(last.getOutput().getChoices().get(0).getMessage().getContent())
                .isEqualTo("你好！");
    }

    @Test
    void imageTasksAreAskedForUntilTheySucceed() throws Exception {
        ImageSynthesis images = new ImageSynthesis("text2image", access.baseUrl() + "/api/v1");
        ImageSynthesisResult created = images.asyncCall(ImageSynthesisParam.builder()
                .apiKey(access.key())
                .model("wanx2.1-t2i-turbo")
                .prompt("一只猫")
                .n(1)
                .size("1024*1024")
                .build());
        String task = created.getOutput().getTaskId();
        assertThat(created.getOutput().getTaskStatus()).isEqualTo("PENDING");
        assertThat(images.fetch(task, access.key()).getOutput().getTaskStatus()).isEqualTo("PENDING");
        ImageSynthesisResult done = images.fetch(task, access.key());
        assertThat(done.getOutput().getTaskStatus()).isEqualTo("SUCCEEDED");
        assertThat(done.getOutput().getResults().get(0)).containsKey("url");
        assertThat(access.upstream().requests().get(0).header("x-dashscope-async"))
                .contains("enable");
    }
}
