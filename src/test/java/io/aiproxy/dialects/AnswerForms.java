package io.aiproxy.dialects;

import static io.aiproxy.core.Dialect.ANTHROPIC;
import static io.aiproxy.core.Dialect.DASHSCOPE;
import static io.aiproxy.core.Dialect.GENERIC;
import static io.aiproxy.core.Dialect.GOOGLE;
import static io.aiproxy.core.Dialect.OPENAI;
import static io.aiproxy.dialects.Answered.EVENTS;
import static io.aiproxy.dialects.Answered.events;
import static io.aiproxy.dialects.Answered.json;

import io.aiproxy.core.Usage;
import java.util.stream.Stream;

/** Answers of all providers, in one piece and streamed, whole and cut short. */
final class AnswerForms {
    private AnswerForms() {}

    static Stream<Answered> all() {
        return Stream.of(
                        openAi(),
                        openAiMore(),
                        sound(),
                        anthropic(),
                        google(),
                        dashScope(),
                        others(),
                        UnfinishedForms.all())
                .flatMap(forms -> forms);
    }

    private static Stream<Answered> openAi() {
        return Stream.of(
                json("chat", OPENAI, "chat", """
                        {"id":"c","model":"gpt-5.1-2026","choices":[{"message":{"content":"{\\"usage\\":{\\"prompt_tokens\\":99}}",
                        "tool_calls":[{"usage":{"prompt_tokens":98}}]}}],"usage":{"prompt_tokens":19,"completion_tokens":10,
                        "total_tokens":29,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":2},
                        "completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":1,"accepted_prediction_tokens":0}}}""")
                        .tells(new Usage(19, 10, 8, 0, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0))
                        .model("gpt-5.1-2026"),
                Answered.of("chat stream", new Spoken(OPENAI, "chat"), EVENTS, """
                        data: {"id":"c","model":"gpt-5.1","choices":[{"delta":{"content":"你"}}],"usage":null}

                        : a comment with "usage":{"prompt_tokens":77}
                        data: {"id":"c","model":"gpt-5.1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}

                        data: [DONE]

                        """)
                        .tells(5, 7)
                        .model("gpt-5.1"),
                events(
                                "chat stream with running totals",
                                OPENAI,
                                "chat",
                                "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}",
                                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}")
                        .tells(5, 2)
                        .model("m"),
                events(
                                "chat stream of one that tells usage in the last choice",
                                OPENAI,
                                "chat",
                                "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}",
                                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":13,\"total_tokens\":32}}]}",
                                "[DONE]")
                        .tells(19, 13)
                        .model("m"),
                events(
                                "chat stream of one that tells usage apart",
                                OPENAI,
                                "chat",
                                "{\"model\":\"m\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":3}}}",
                                "[DONE]")
                        .tells(4, 3)
                        .model("m"),
                json(
                                "reasoning that is no part of the output",
                                OPENAI,
                                "chat",
                                "{\"choices\":[],\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":9,\"total_tokens\":135,\"completion_tokens_details\":{\"reasoning_tokens\":94}}}")
                        .tells(32, 103, 0, 0, 94),
                json(
                                "old completions",
                                OPENAI,
                                "completions",
                                "{\"model\":\"m\",\"choices\":[{\"text\":\"hi\",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":1}}")
                        .tells(2, 1)
                        .model("m"),
                events(
                                "old completions stream",
                                OPENAI,
                                "completions",
                                "{\"model\":\"m\",\"choices\":[{\"text\":\"h\"}]}",
                                "{\"choices\":[{\"text\":\"i\",\"finish_reason\":\"stop\"}]}",
                                "{\"choices\":[],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":2}}")
                        .tells(2, 2)
                        .model("m"));
    }

    private static Stream<Answered> openAiMore() {
        return Stream.of(
                json(
                                "responses",
                                OPENAI,
                                "responses",
                                "{\"id\":\"r\",\"model\":\"gpt-5.1\",\"output\":[{\"content\":[{\"text\":\"hi\"}]}],\"text\":{\"format\":{}},\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}")
                        .tells(3, 4)
                        .model("gpt-5.1"),
                Answered.of("responses stream", new Spoken(OPENAI, "responses"), EVENTS, """
                        event: response.created
                        data: {"type":"response.created","response":{"id":"r","model":"gpt-5.1","usage":null}}

                        event: response.output_text.delta
                        data: {"type":"response.output_text.delta","delta":"lost"}

                        event: response.completed
                        data: {"type":"response.completed","response":{"id":"r","model":"gpt-5.1","usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":6,"cache_write_tokens":3},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}}}

                        """)
                        .tells(36, 87, 6, 3, 64)
                        .model("gpt-5.1"),
                events(
                                "responses stream that was bounded",
                                OPENAI,
                                "responses",
                                "{\"type\":\"response.incomplete\",\"response\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":16}}}")
                        .tells(1, 16),
                json(
                                "embeddings",
                                OPENAI,
                                "embeddings",
                                "{\"object\":\"list\",\"data\":[{\"embedding\":[0.1,-2e-3,NaN]}],\"model\":\"e3\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}")
                        .tells(8, 0)
                        .model("e3"),
                json(
                                "images with tokens",
                                OPENAI,
                                "images",
                                "{\"created\":1,\"data\":[{\"b64_json\":\"aGk=\"},{\"b64_json\":\"aGk=\"}],\"usage\":{\"input_tokens\":50,\"output_tokens\":1056,\"input_tokens_details\":{\"text_tokens\":10,\"image_tokens\":40}}}")
                        .tells(new Usage(50, 1056, 0, 0, 0, 0, 0, 40, 0, 0, 2, 0, 0, 0)),
                json("images without", OPENAI, "images", "{\"created\":1,\"data\":[{\"url\":\"https://x/{}[]\"}]}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)),
                events(
                                "images stream",
                                OPENAI,
                                "images",
                                "{\"type\":\"image_generation.partial_image\",\"b64_json\":\"aGk=\"}",
                                "{\"type\":\"image_generation.completed\",\"b64_json\":\"aGk=\",\"usage\":{\"input_tokens\":5,\"output_tokens\":6}}")
                        .tells(new Usage(5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)),
                json("moderations", OPENAI, "moderations", "{\"model\":\"omni\",\"results\":[{\"flagged\":false}]}")
                        .model("omni"),
                json(
                                "ranks",
                                OPENAI,
                                "rerank",
                                "{\"model\":\"r\",\"results\":[{\"index\":0}],\"usage\":{\"total_tokens\":15}}")
                        .tells(15, 0)
                        .model("r"),
                json(
                                "ranks of Cohere",
                                OPENAI,
                                "rerank",
                                "{\"results\":[],\"meta\":{\"billed_units\":{\"search_units\":1},\"tokens\":{\"input_tokens\":7,\"output_tokens\":0}}}")
                        .tells(7, 0));
    }

    private static Stream<Answered> sound() {
        return Stream.of(
                json(
                                "transcription by tokens",
                                OPENAI,
                                "audio.transcriptions",
                                "{\"text\":\"hi\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":14},\"output_tokens\":45,\"total_tokens\":59}}")
                        .tells(new Usage(14, 45, 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0)),
                json(
                                "transcription by time",
                                OPENAI,
                                "audio.transcriptions",
                                "{\"text\":\"hi\",\"usage\":{\"type\":\"duration\",\"seconds\":9}}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0)),
                json(
                                "verbose translation",
                                OPENAI,
                                "audio.translations",
                                "{\"task\":\"translate\",\"duration\":8.470000267028809,\"segments\":[{\"tokens\":[1,2]}]}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0)),
                json(
                                "verbose transcription that says what is billed",
                                OPENAI,
                                "audio.transcriptions",
                                "{\"duration\":8.47,\"usage\":{\"type\":\"duration\",\"seconds\":9}}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0)),
                events(
                                "transcription stream",
                                OPENAI,
                                "audio.transcriptions",
                                "{\"type\":\"transcript.text.delta\",\"delta\":\"hi\"}",
                                "{\"type\":\"transcript.text.done\",\"text\":\"hi\",\"usage\":{\"input_tokens\":14,\"output_tokens\":3}}")
                        .tells(14, 3),
                events(
                                "speech stream",
                                OPENAI,
                                "audio.speech",
                                "{\"type\":\"speech.audio.delta\",\"audio\":\"aGk=\"}",
                                "{\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":14,\"output_tokens\":101,\"total_tokens\":115}}")
                        .tells(14, 101));
    }

    private static Stream<Answered> anthropic() {
        return Stream.of(
                json(
                                "messages",
                                ANTHROPIC,
                                "messages",
                                "{\"type\":\"message\",\"model\":\"claude-5\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],\"usage\":{\"input_tokens\":12,\"cache_creation_input_tokens\":100,\"cache_read_input_tokens\":1000,\"output_tokens\":30,\"cache_creation\":{\"ephemeral_5m_input_tokens\":40,\"ephemeral_1h_input_tokens\":60}}}")
                        .tells(new Usage(1112, 30, 1000, 100, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0))
                        .model("claude-5"),
                Answered.of(
                                "messages stream: the last value of each counts",
                                new Spoken(ANTHROPIC, "messages"),
                                EVENTS,
                                """
                        event: message_start\r
                        data: {"type":"message_start","message":{"model":"claude-5","usage":{"input_tokens":12,"cache_read_input_tokens":1000,"output_tokens":1}}}\r
                        \r
                        event: message_delta\r
                        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}\r
                        \r
                        event: message_delta\r
                        data: {"type":"message_delta","delta":{},"usage":{"input_tokens":12,"output_tokens":21}}\r
                        \r
                        """)
                        .tells(1012, 21, 1000, 0, 0)
                        .model("claude-5"),
                json("count_tokens", ANTHROPIC, "messages.count_tokens", "{\"input_tokens\":2095}"),
                json(
                        "batches",
                        ANTHROPIC,
                        "messages.batches",
                        "{\"id\":\"b\",\"type\":\"message_batch\",\"request_counts\":{\"processing\":5}}"));
    }

    private static Stream<Answered> google() {
        return Stream.of(
                Answered.of("gemini stream", new Spoken(GOOGLE, "stream_generate_content"), EVENTS, """
                        data: {"candidates":[],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":3}]},"modelVersion":"gemini-3-pro"}

                        data: {"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":9,"totalTokenCount":16,"cachedContentTokenCount":2,"cacheTokensDetails":[{"modality":"TEXT","tokenCount":1},{"modality":"AUDIO","tokenCount":1}],"promptTokensDetails":[{"modality":"AUDIO","tokenCount":3}]},"modelVersion":"gemini-3-pro"}
                        """)
                        .tells(new Usage(4, 12, 2, 0, 9, 3, 0, 0, 0, 0, 0, 0, 1, 0))
                        .model("gemini-3-pro"),
                json(
                                "gemini list of documents",
                                GOOGLE,
                                "stream_generate_content",
                                "[{\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":1}}\n,\r\n{\"candidates\":[{\"finishReason\":\"STOP\"}],\"modelVersion\":\"g\",\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":3,\"toolUsePromptTokenCount\":5,\"cachedContentTokenCount\":2}}]")
                        .tells(9, 3, 2, 0, 0)
                        .model("g"),
                json(
                                "gemini",
                                GOOGLE,
                                "generate_content",
                                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":3,\"totalTokenCount\":7,\"candidatesTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":2}]},\"modelVersion\":\"g\"}")
                        .tells(new Usage(4, 3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0))
                        .model("g"),
                json(
                                "gemini embeddings",
                                GOOGLE,
                                "embed_content",
                                "{\"embedding\":{\"values\":[0.1]},\"usageMetadata\":{\"promptTokenCount\":6}}")
                        .tells(6, 0),
                json(
                                "vertex embeddings",
                                GOOGLE,
                                "predict",
                                "{\"predictions\":[{\"embeddings\":{\"statistics\":{\"truncated\":false,\"token_count\":6},\"values\":[1]}},{\"embeddings\":{\"statistics\":{\"token_count\":5}}}]}")
                        .tells(11, 0),
                json(
                                "vertex images",
                                GOOGLE,
                                "predict",
                                "{\"predictions\":[{\"mimeType\":\"image/png\",\"bytesBase64Encoded\":\"aGk=\"},{\"bytesBase64Encoded\":\"aGk=\"}]}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0)),
                json("count tokens", GOOGLE, "count_tokens", "{\"totalTokens\":31,\"totalBillableCharacters\":96}"));
    }

    private static Stream<Answered> dashScope() {
        return Stream.of(
                Answered.of("dashscope stream without blanks", new Spoken(DASHSCOPE, "text-generation"), EVENTS, """
                        id:1
                        event:result
                        :HTTP_STATUS/200
                        data:{"output":{"text":"a","finish_reason":"null","usage":{"input_tokens":50}},"usage":{"total_tokens":23,"input_tokens":22,"output_tokens":1},"request_id":"1"}

                        id:2
                        data:{"output":{"text":"ab","finish_reason":"stop"},"usage":{"total_tokens":24,"input_tokens":22,"output_tokens":2,"prompt_tokens_details":{"cached_tokens":7}},"request_id":"1"}

                        """)
                        .tells(22, 2, 7, 0, 0),
                json(
                                "dashscope with a picture",
                                DASHSCOPE,
                                "multimodal-generation",
                                "{\"output\":{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":[{\"text\":\"x\"}]}}]},\"usage\":{\"output_tokens\":55,\"input_tokens\":1271,\"image_tokens\":1247}}")
                        .tells(new Usage(1271, 55, 0, 0, 0, 0, 0, 1247, 0, 0, 0, 0, 0, 0)),
                json(
                                "dashscope with sound, which is counted apart",
                                DASHSCOPE,
                                "multimodal-generation",
                                "{\"output\":{},\"usage\":{\"input_tokens\":33,\"output_tokens\":25,\"audio_tokens\":85}}")
                        .tells(new Usage(118, 25, 0, 0, 0, 85, 0, 0, 0, 0, 0, 0, 0, 0)),
                json(
                                "dashscope embeddings tell a total alone",
                                DASHSCOPE,
                                "text-embedding",
                                "{\"output\":{\"embeddings\":[]},\"usage\":{\"total_tokens\":26},\"request_id\":\"1\"}")
                        .tells(26, 0),
                json(
                                "dashscope images",
                                DASHSCOPE,
                                "image-synthesis",
                                "{\"output\":{\"task_id\":\"t\",\"task_status\":\"SUCCEEDED\",\"results\":[{}]},\"usage\":{\"image_count\":2}}")
                        .tells(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0)),
                json(
                        "dashscope task that has only begun",
                        DASHSCOPE,
                        "image-synthesis",
                        "{\"output\":{\"task_id\":\"t\",\"task_status\":\"PENDING\"},\"request_id\":\"1\"}"),
                json(
                                "dashscope application",
                                DASHSCOPE,
                                "apps",
                                "{\"output\":{\"finish_reason\":\"stop\",\"text\":\"x\"},\"usage\":{\"models\":[{\"model_id\":\"qwen-max\",\"input_tokens\":100,\"output_tokens\":20},{\"output_tokens\":3,\"input_tokens\":7,\"model_id\":\"qwen-plus\"}]}}")
                        .tells(107, 23)
                        .model("qwen-plus"));
    }

    private static Stream<Answered> others() {
        return Stream.of(
                events(
                                "a last event without its line's end",
                                OPENAI,
                                "embeddings",
                                "{\"model\":\"m\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}")
                        .tells(1, 2)
                        .model("m"),
                Answered.of(
                                "an event whose document is in several lines",
                                new Spoken(GENERIC, "other"),
                                EVENTS,
                                "data: {\ndata:   \"model\": \"m\",\ndata: \"usage\":\ndata: {\"prompt_tokens\":1}\ndata: }\n\n")
                        .tells(1, 0)
                        .model("m"),
                Answered.of(
                                "lines of documents",
                                new Spoken(OPENAI, "chat"),
                                "application/x-ndjson",
                                "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n")
                        .tells(1, 1)
                        .model("m"),
                json(
                                "names and values with escapes",
                                GENERIC,
                                "other",
                                "{\"mod\\u0065l\":\"m\\u00e9\\ud83d\\ude00\\n\\\"\\\\\",\"us\\u0061ge\":{\"prompt_tokens\":1.0e0}}")
                        .tells(1, 0)
                        .model("mé😀\n\"\\"));
    }
}
