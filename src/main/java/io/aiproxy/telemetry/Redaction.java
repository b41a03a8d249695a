package io.aiproxy.telemetry;

import io.aiproxy.config.DemoConfig;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks credentials in text that may reach a log or an error message: upstream error messages (providers repeat the key
 * they refused), URLs with user info or {@code ?key=}, exceptions of other people's code.
 *
 * <p>It knows credentials by their shape and by the words before them. Rather one harmless word too many masked than one
 * key printed.
 */
public final class Redaction {
    /** What stands where a credential stood. */
    public static final String MASK = "***";

    /** Characters of tokens and keys: URL-safe and plain Base64, percent escapes, dots. */
    private static final String VALUE = "[^\\s\"'`,;&<>()\\[\\]{}\\\\]";

    /** Everybody knows the demo's key, and a command that is printed to be copied must work. Nothing longer than it passes. */
    private static final String NOT_THE_DEMO_KEY = "(?!" + Pattern.quote(DemoConfig.PROXY_KEY) + "(?!" + VALUE + "))";

    /** Names whose value is a secret wherever they stand before {@code =} or {@code :}, alone or as the end of a name. */
    private static final String SECRET_NAMES =
            "(?:api[_-]?key|apikey|proxy[_-]?key|access[_-]?key(?:[_-]?(?:id|secret))?|secret[_-]?key|private[_-]?key"
                    + "|(?:client|app|agent)?[_-]?secret|(?:access|refresh|id|auth|client|session|security)[_-]?token"
                    + "|password|passwd|passphrase|authorization)";

    /** Names that are ordinary words too, so that they count only in the form of a parameter, {@code key=…}. */
    private static final String PARAMETER_NAMES = "(?:key|token|sig|signature|jwt|assertion|pwd)";

    /**
     * One rule.
     *
     * @param marks text without any of these, in lower case, needs no look at the pattern: that spares most lines most
     *     of the work
     * @param pattern what to look for
     * @param replacement what to put there
     */
    private record Rule(List<String> marks, Pattern pattern, String replacement) {
        static Rule of(String marks, String pattern, String replacement) {
            return new Rule(List.of(marks.split(" ")), Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), replacement);
        }

        boolean concerns(String lowerCase) {
            for (int i = 0; i < marks.size(); i++) {
                if (lowerCase.contains(marks.get(i))) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final String SECRET_MARKS = "key secret token passw passphrase authorization";

    private static final List<Rule> RULES = List.of(
            Rule.of("private", "-----BEGIN ([A-Z ]{0,20})PRIVATE KEY-----[^-]*+(?:-----END [A-Z ]{0,30}-----)?", MASK),
            // scheme://user:password@host
            Rule.of("://", "(?<=://)[^/\\s@?#\"']{1,512}@", MASK + "@"),
            Rule.of("bearer basic", "\\b(bearer|basic)\\s+" + NOT_THE_DEMO_KEY + VALUE + "{8,}+", "$1 " + MASK),
            Rule.of(
                    SECRET_MARKS,
                    "(?<![a-z0-9])(" + SECRET_NAMES
                            + "(?:[\"']?\\s{0,3}=\\s{0,3}[\"']?|[\"']?\\s{0,3}:\\s{0,3}[\"']|:))(?!bearer |basic )"
                            + VALUE
                            + "{3,}+",
                    "$1" + MASK),
            // other schemes: "Authorization: Token value"
            Rule.of(
                    "authorization",
                    "(authorization[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?[a-z-]{1,20}\\s{1,3})(?=" + VALUE + "{0,200}[0-9])"
                            + VALUE + "{3,}+",
                    "$1" + MASK),
            // "api_key: value", where a sentence may stand as well ("api_key: environment variable … is not set")
            Rule.of(
                    SECRET_MARKS,
                    "(?<![a-z0-9])(" + SECRET_NAMES + "\\s{0,3}:\\s{1,3})(?!bearer |basic )(?=" + VALUE
                            + "{0,200}[0-9]|" + VALUE + "{20})" + VALUE + "{3,}+",
                    "$1" + MASK),
            Rule.of("=", "(?<![a-z0-9])(" + PARAMETER_NAMES + "=[\"']?)" + VALUE + "{3,}+", "$1" + MASK),
            // OpenAI: "Incorrect API key provided: abc."
            Rule.of("provided", "(api[ _-]?key provided:\\s{0,3})" + VALUE + "{3,}+", "$1" + MASK),
            // a browser's WebSocket sub-protocol
            Rule.of("openai-insecure", "(openai-insecure-api-key\\.)" + VALUE + "++", "$1" + MASK),
            // JWT: base64url of {"…
            Rule.of("eyj", "(?<![a-z0-9])eyJ[a-z0-9_-]{4,}+\\.[a-z0-9_-]++(?:\\.[a-z0-9_-]*+)*+", MASK),
            // keys that say by their first letters whose they are: OpenAI, Anthropic, DashScope, DeepSeek (sk-), ours
            // (pk_), OpenAI's ephemeral ones (ek_), Groq (gsk_), xAI, Hugging Face
            Rule.of(
                    "sk- sk_ pk_ pk- rk_ ek_ xai- hf_",
                    "(?<![a-z0-9])" + NOT_THE_DEMO_KEY
                            + "(sk-|sk_|pk_|pk-|rk_|ek_|gsk_|xai-|hf_)[a-z0-9][a-z0-9_.*~+/=-]{2,}+",
                    "$1" + MASK),
            // Google's API keys and access tokens, access key ids of Alibaba and AWS
            Rule.of("aiza ya29. ltai akia", "(?<![a-z0-9])(AIza|ya29\\.|LTAI|AKIA)[a-z0-9_.-]{6,}+", "$1" + MASK));

    private Redaction() {}

    /**
     * The text with every credential in it masked; the same object when there is none. Linear in the text's length: about
     * a microsecond for a harmless line, tens of them for one with credentials. Callers bound the length of what comes
     * from outside before they log it.
     */
    public static String redact(String text) {
        String lowerCase = text.toLowerCase(Locale.ROOT);
        String result = text;
        for (Rule rule : RULES) {
            if (rule.concerns(lowerCase)) {
                Matcher matcher = rule.pattern().matcher(result);
                if (matcher.find()) {
                    result = matcher.replaceAll(rule.replacement());
                }
            }
        }
        return result;
    }
}
