package io.aiproxy.imports;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What LiteLLM calls a provider, in our terms.
 *
 * @param baseUrl where it is when the file does not say; empty: it must say
 * @param dialect our word; empty for openai
 * @param auth our word where the dialect's own does not fit; empty otherwise
 * @param variable of the environment in which LiteLLM looks for the key when the file names none; empty: no key is needed
 */
record Provider(String baseUrl, String dialect, String auth, String variable) {
    private static final Map<String, Provider> KNOWN = new LinkedHashMap<>();

    static {
        add("openai", "https://api.openai.com/v1", "OPENAI_API_KEY");
        add("text-completion-openai", "https://api.openai.com/v1", "OPENAI_API_KEY");
        add("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY");
        add("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY");
        add("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY");
        add("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY");
        add("together_ai", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY");
        add("xai", "https://api.x.ai/v1", "XAI_API_KEY");
        add("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY");
        add("moonshot", "https://api.moonshot.cn/v1", "MOONSHOT_API_KEY");
        add("hosted_vllm", "", "");
        add("vllm", "", "");
        add("lm_studio", "", "");
        add("openai_like", "", "");
        add("custom_openai", "", "");
        add("ollama", "http://localhost:11434/v1", "");
        add("ollama_chat", "http://localhost:11434/v1", "");
        KNOWN.put("azure", new Provider("", "", "api-key", "AZURE_API_KEY"));
        KNOWN.put("anthropic", new Provider("https://api.anthropic.com", "anthropic", "", "ANTHROPIC_API_KEY"));
        KNOWN.put("gemini", new Provider("https://generativelanguage.googleapis.com", "google", "", "GEMINI_API_KEY"));
    }

    private static void add(String name, String baseUrl, String variable) {
        KNOWN.put(name, new Provider(baseUrl, "", "", variable));
    }

    /** The provider of this name. */
    static Optional<Provider> of(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }
}
