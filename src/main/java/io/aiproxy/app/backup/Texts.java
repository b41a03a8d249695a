package io.aiproxy.app.backup;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Documents as the texts that the loader takes. */
final class Texts {
    private Texts() {}

    /** Those that are UTF-8; the loader tells what is wrong with the others when it reads them itself. */
    static Map<String, String> of(Map<String, byte[]> documents) {
        Map<String, String> texts = new LinkedHashMap<>();
        documents.forEach((name, bytes) -> {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                texts.put(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
            } catch (CharacterCodingException notUtf8) {
                // not there: read, and complained about, by the loader
            }
        });
        return texts;
    }
}
