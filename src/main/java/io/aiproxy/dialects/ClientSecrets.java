package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.aiproxy.core.Dialect;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ephemeral key in the answer to a call that makes one. A browser presents it later instead of a proxy key, and
 * the provider knows it only at the account that made it.
 *
 * <p>{@code POST /v1/realtime/client_secrets} answers {@code {"value":"ek_…","expires_at":1756310470,"session":{…}}}; the
 * older {@code /v1/realtime/sessions} and {@code /v1/realtime/transcription_sessions} a session with {@code
 * "client_secret":{"value":"ek_…","expires_at":…}} (openai-java 4.13, {@code ClientSecretCreateResponse} and the beta's
 * {@code SessionCreateResponse}). Azure has the same under {@code /openai/v1/realtime/client_secrets} and {@code
 * /openai/realtimeapi/sessions} (learn.microsoft.com, "Use the GPT Realtime API via WebRTC"). {@code expires_at} counts
 * seconds since 1970.
 */
public final class ClientSecrets {
    /** How many bytes of an answer are worth keeping for {@link #read}: older ones have the key behind the instructions. */
    public static final int PREFIX_BYTES = 256 * 1024;

    private static final int LONGEST = 4096;
    private static final int LONGEST_WORD = 64;
    private static final long LATEST_SECONDS = 253_402_300_799L; // the year 9999

    private ClientSecrets() {}

    /**
     * An ephemeral key.
     *
     * @param value the key
     * @param expiresAtMillis when it ends, in milliseconds since 1970
     */
    public record ClientSecret(String value, long expiresAtMillis) {
        /** Not printed. */
        @Override
        public String toString() {
            return "ClientSecret[expiresAtMillis=" + expiresAtMillis + "]";
        }
    }

    /**
     * What a part of an answer has told.
     *
     * @param secret the key, once it is complete
     * @param over whether nothing more is to be expected: the key is there, or the answer has none
     */
    public record Reading(Optional<ClientSecret> secret, boolean over) {}

    /** Whether the answer to this request brings an ephemeral key if it succeeds. */
    public static boolean creates(String method, Spoken spoken) {
        return method.equals("POST")
                && spoken.dialect() == Dialect.OPENAI
                && (spoken.operation().equals("realtime.client_secrets")
                        || spoken.operation().equals("realtime.sessions"));
    }

    /**
     * Reads the beginning of a successful answer; never throws for what a provider sent. To be called again with more until
     * it says that it is over.
     *
     * @param bodyPrefix the first bytes of the body; may end anywhere
     * @param contentEncoding the answer's {@code Content-Encoding}; empty when it has none
     */
    public static Reading read(byte[] bodyPrefix, String contentEncoding) {
        byte[] plain = Unpacked.prefix(bodyPrefix, contentEncoding, PREFIX_BYTES);
        try (JsonParser parser = Json.FACTORY.createParser(plain)) {
            JsonToken root = parser.nextToken();
            if (root != JsonToken.START_OBJECT) {
                return new Reading(Optional.empty(), root != null);
            }
            return new Reading(secret(parser, true), true);
        } catch (IOException fault) {
            return new Reading(Optional.empty(), hopeless(fault, plain.length));
        }
    }

    /** Whether more bytes cannot mend it. A word that is cut looks malformed, but at the end only. */
    private static boolean hopeless(IOException fault, int length) {
        if (fault instanceof JsonEOFException || !(fault instanceof JsonProcessingException wrong)) {
            return false;
        }
        JsonLocation at = wrong.getLocation();
        return at == null || at.getByteOffset() + LONGEST_WORD < length;
    }

    /** Reads an object up to its end, or up to the field behind the key: a number is complete when something follows it. */
    private static Optional<ClientSecret> secret(JsonParser parser, boolean root) throws IOException {
        @Nullable String value = null;
        long seconds = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            if (complete(value, seconds)) {
                break;
            }
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (root && name.equals("client_secret") && token == JsonToken.START_OBJECT) {
                Optional<ClientSecret> inner = secret(parser, false);
                if (inner.isPresent()) {
                    return inner;
                }
            } else if (name.equals("value") && token == JsonToken.VALUE_STRING) {
                value = parser.getText();
            } else if (name.equals("expires_at") && token == JsonToken.VALUE_NUMBER_INT) {
                seconds = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        return complete(value, seconds) && value != null
                ? Optional.of(new ClientSecret(value, seconds * 1000))
                : Optional.empty();
    }

    private static boolean complete(@Nullable String value, long seconds) {
        return value != null
                && !value.isEmpty()
                && value.length() <= LONGEST
                && seconds > 0
                && seconds <= LATEST_SECONDS;
    }
}
