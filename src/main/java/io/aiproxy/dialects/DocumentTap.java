package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one JSON document of any size while it passes, keeping nothing of it but the numbers. */
final class DocumentTap implements AnswerTap {
    private final UsageWalk walk = new UsageWalk();
    private @Nullable JsonParser parser = open();

    private static @Nullable JsonParser open() {
        try {
            return Json.FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            return null; // declared, never thrown: there is nothing to read yet
        }
    }

    @Override
    public void bytes(ByteBuffer part) {
        JsonParser reading = parser;
        if (reading == null || !part.hasRemaining()) {
            return;
        }
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        try {
            if (reading.getNonBlockingInputFeeder() instanceof ByteArrayFeeder feeder) {
                feeder.feedInput(copy, 0, copy.length);
                walk.walk(reading);
            }
        } catch (IOException malformed) {
            close();
        }
    }

    @Override
    public void end() {
        close();
    }

    private void close() {
        JsonParser reading = parser;
        parser = null;
        if (reading != null) {
            try {
                reading.close();
            } catch (IOException e) {
                // it has no file that could fail to close
            }
        }
    }

    @Override
    public Optional<Usage> usage() {
        return walk.usage();
    }

    @Override
    public String model() {
        return walk.model();
    }

    @Override
    public boolean complete() {
        return usage().isPresent();
    }

    @Override
    public CharSequence text() {
        return "";
    }

    @Override
    public long textChars() {
        return 0;
    }
}
