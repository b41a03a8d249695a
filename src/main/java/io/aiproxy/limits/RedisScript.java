package io.aiproxy.limits;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A script that runs inside the server: named by its digest, and sent whole where the server does not know it (it was
 * started anew, or is another one). Never blocks.
 */
final class RedisScript {
    private static final String SHARED = "counters.lua";

    private final String text;

    private final String digest;

    private RedisScript(String text) {
        this.text = text;
        this.digest = Base16.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One that works on counters. */
    static RedisScript onCounters(String file) {
        return new RedisScript(read(SHARED) + "\n" + read(file));
    }

    /** One that stands alone. */
    static RedisScript alone(String file) {
        return new RedisScript(read(file));
    }

    private static String read(String file) {
        try (InputStream in = RedisScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it; it answers with integers. What is sent before this on the same connection has run before. */
    CompletionStage<List<Long>> run(StatefulRedisConnection<String, String> on, String[] keys, String[] values) {
        RedisAsyncCommands<String, String> commands = on.async();
        CompletionStage<List<Long>> known = commands.evalsha(digest, ScriptOutputType.MULTI, keys, values);
        return known.exceptionallyCompose(problem -> {
            Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
            if (!(cause instanceof RedisNoScriptException)) {
                return known;
            }
            return commands.eval(text, ScriptOutputType.MULTI, keys, values);
        });
    }

    /** Makes it known before it is needed. */
    void load(StatefulRedisConnection<String, String> on) {
        CompletionStage<String> unused = on.async().scriptLoad(text);
    }
}
