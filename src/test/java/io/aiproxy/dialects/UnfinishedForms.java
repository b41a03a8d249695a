package io.aiproxy.dialects;

import static io.aiproxy.core.Dialect.ANTHROPIC;
import static io.aiproxy.core.Dialect.DASHSCOPE;
import static io.aiproxy.core.Dialect.GOOGLE;
import static io.aiproxy.core.Dialect.OPENAI;
import static io.aiproxy.dialects.Answered.EVENTS;
import static io.aiproxy.dialects.Answered.events;
import static io.aiproxy.dialects.Answered.json;

import java.util.stream.Stream;

/** Answers whose provider has not said its last word: their text is what there is. */
final class UnfinishedForms {
    private UnfinishedForms() {}

    static Stream<Answered> all() {
        return Stream.of(
                events(
                                "chat stream that nobody told to tell usage",
                                OPENAI,
                                "chat",
                                "{\"model\":\"m\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning_content\":\"Hm \\u4f60\"}}]}",
                                "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a 你\\n\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}",
                                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}]},\"logprobs\":{\"content\":[{\"token\":\"no\"}]}}]}",
                                "{\"choices\":[{\"delta\":{\"refusal\":\"No.\",\"audio\":{\"data\":\"aGk=\",\"transcript\":\" T\"}},\"finish_reason\":\"stop\"}]}",
                                "[DONE]")
                        .unfinished("Hm 你a 你\nb{\"x\":1}No. T")
                        .model("m"),
                json(
                                "chat of one that tells no usage",
                                OPENAI,
                                "chat",
                                "{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"annotations\":[{\"text\":\"no\"}]}}],\"usage\":{}}")
                        .unfinished("a")
                        .model("m"),
                events(
                                "responses stream cut short",
                                OPENAI,
                                "responses",
                                "{\"type\":\"response.created\",\"response\":{\"model\":\"m\",\"usage\":null}}",
                                "{\"type\":\"response.reasoning_summary_text.delta\",\"delta\":\"Hm.\"}",
                                "{\"type\":\"response.output_text.delta\",\"delta\":\"a😀\",\"obfuscation\":\"no\"}",
                                "{\"delta\":\"no\",\"type\":\"response.audio.delta\"}",
                                "{\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{}\"}",
                                "{\"type\":\"response.output_text.done\",\"text\":\"a😀\"}")
                        .unfinished("Hm.a😀{}")
                        .model("m"),
                json(
                                "responses that told nothing",
                                OPENAI,
                                "responses",
                                "{\"status\":\"in_progress\",\"output\":[{\"summary\":[{\"text\":\"s\"}]},{\"content\":[{\"text\":\"a\"}]},{\"arguments\":\"{}\"},{\"type\":\"custom_tool_call\",\"input\":\"i\"},{\"results\":[{\"text\":\"no\"}]}],\"usage\":null}")
                        .unfinished("sa{}i"),
                events(
                                "messages stream cut short",
                                ANTHROPIC,
                                "messages",
                                "{\"type\":\"message_start\",\"message\":{\"model\":\"c\",\"usage\":{\"input_tokens\":12,\"output_tokens\":1}}}",
                                "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Hm.\"}}",
                                "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"signature_delta\",\"signature\":\"no\"}}",
                                "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"你好\"}}",
                                "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\"}}")
                        .tells(12, 1)
                        .unfinished("Hm.你好{\"a")
                        .model("c"),
                events(
                                "old completions of Anthropic",
                                ANTHROPIC,
                                "complete",
                                "{\"type\":\"completion\",\"completion\":\" Hi\",\"stop_reason\":null,\"model\":\"c\"}")
                        .unfinished(" Hi")
                        .model("c"),
                events(
                                "gemini stream cut short",
                                GOOGLE,
                                "stream_generate_content",
                                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hm.\",\"thought\":true},{\"text\":\"a\"},{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":{\"y\":[\"z\",1]}}}}]},\"groundingMetadata\":{\"segment\":{\"text\":\"no\"}}}],\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":1}}")
                        .tells(4, 1)
                        .unfinished("Hm.az"),
                events(
                                "dashscope stream cut short, whose events repeat",
                                DASHSCOPE,
                                "text-generation",
                                "{\"output\":{\"text\":\"a\",\"finish_reason\":\"null\"},\"usage\":{\"input_tokens\":2,\"output_tokens\":1}}",
                                "{\"output\":{\"text\":\"ab\",\"finish_reason\":\"null\"},\"usage\":{\"input_tokens\":2,\"output_tokens\":2}}",
                                "{\"output\":{\"text\":\"ab你\",\"finish_reason\":\"null\"},\"usage\":{\"input_tokens\":2,\"output_tokens\":3}}")
                        .tells(2, 3)
                        .unfinished("ab你"),
                events(
                                "dashscope stream cut short, whose events go on",
                                DASHSCOPE,
                                "multimodal-generation",
                                "{\"output\":{\"choices\":[{\"message\":{\"content\":[{\"text\":\"你\"}]},\"finish_reason\":\"null\"}]},\"usage\":{\"input_tokens\":2,\"output_tokens\":1}}",
                                "{\"output\":{\"choices\":[{\"message\":{\"content\":[{\"text\":\"好\"}],\"reasoning_content\":\"h\"}}]}}",
                                "{\"output\":{\"choices\":[{\"message\":{\"content\":\"\"}}]}}")
                        .tells(2, 1)
                        .unfinished("你好h"),
                Answered.of("nothing", new Spoken(OPENAI, "chat"), EVENTS, ""));
    }
}
