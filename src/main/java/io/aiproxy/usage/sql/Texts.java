package io.aiproxy.usage.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts as they fit into columns. Lengths are counted in characters that Java counts, so they are never too many. */
final class Texts {
    /** Of a name. */
    static final int NAME = 200;

    /** Of a word of the gateway's own. */
    static final int WORD = 64;

    /** Of a currency. */
    static final int CURRENCY = 16;

    /** Of a path's template. */
    static final int PATH = 300;

    /** Of an HTTP method. */
    static final int METHOD = 32;

    /** Of a request id. */
    static final int ID = 128;

    /** Of an address. */
    static final int ADDRESS = 64;

    /** Of a digest of work. */
    static final int WORK = 64;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, String>> PAIRS = new TypeReference<>() {};
    private static final TypeReference<List<String>> LIST = new TypeReference<>() {};

    private Texts() {}

    /** PostgreSQL keeps no NUL; what callers name may be of any length. */
    static String fit(String text, int longest) {
        String whole = text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
        if (whole.length() <= longest) {
            return whole;
        }
        int end = Character.isHighSurrogate(whole.charAt(longest - 1)) ? longest - 1 : longest;
        return whole.substring(0, end);
    }

    /** Databases differ on whether spaces at the end of a key count. */
    static String id(String id) {
        return fit(id, ID).stripTrailing();
    }

    /** A digest is plain; a line that somebody imports may say anything. */
    static String work(String work) {
        return fit(work, WORK).stripTrailing();
    }

    static String json(Object of) {
        try {
            return JSON.writeValueAsString(of);
        } catch (JsonProcessingException e) { // texts can always be written
            throw new IllegalStateException(e);
        }
    }

    static Map<String, String> pairs(String json) throws SQLException {
        return json.isEmpty() ? Map.of() : read(json, PAIRS);
    }

    static List<String> list(String json) throws SQLException {
        return json.isEmpty() || json.equals("[]") ? List.of() : read(json, LIST);
    }

    private static <T> T read(String json, TypeReference<T> type) throws SQLException {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new SQLException("a row of the usage tables holds no JSON: somebody has changed it by hand");
        }
    }
}
