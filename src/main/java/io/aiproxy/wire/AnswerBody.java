package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * The way of an answer's body from its source to the client's connection: shown to the {@link Taps} as it came, then
 * without the events that the caller does not get, and its end perhaps held until the call is booked.
 *
 * <p><b>Held ends.</b> Of a stream of events everything is passed on when the read that brought it is over; its end waits,
 * and what came in the same read. Of any other answer, the latest piece always waits for the next one, so that nobody has
 * all of it before it is booked.
 *
 * <p>Confined to the event loop of the call.
 */
final class AnswerBody implements AnswerSink {
    private final ServerCall call;
    private final Taps taps;
    private @Nullable EventFilter filter;
    private boolean holds;
    private boolean stream;
    private @Nullable HttpContent held;

    AnswerBody(ServerCall call, Taps taps) {
        this.call = call;
        this.taps = taps;
    }

    /** These events are taken out. To be told before the first byte. */
    void withhold(EventJudge judge) {
        filter = new EventFilter(judge);
    }

    /** The end waits until the call is booked. To be told before the first byte. */
    void holdEnd(boolean ofStream) {
        holds = true;
        stream = ofStream;
    }

    @Override
    public void content(HttpContent content) {
        if (call.written()) {
            content.release();
            return;
        }
        pass(content);
    }

    private void pass(HttpContent content) {
        if (content.content().isReadable()) {
            taps.bytes(content.content());
        }
        EventFilter events = filter;
        HttpContent out = events == null ? content : events.pass(content);
        if (out != null) {
            write(out);
        }
    }

    private void write(HttpContent content) {
        if (!holds) {
            call.write(content);
            return;
        }
        letGo();
        held = content;
    }

    private void letGo() {
        HttpContent waiting = held;
        held = null;
        if (waiting != null) {
            call.write(waiting);
        }
    }

    @Override
    public void flush() {
        if (stream) {
            letGo();
        }
        call.flush();
    }

    @Override
    public void end(LastHttpContent last) {
        if (call.written()) {
            last.release();
            return;
        }
        LastHttpContent end = last;
        EventFilter events = filter;
        if (events != null) {
            end = trailersOf(last);
            pass(new DefaultHttpContent(last.content()));
            HttpContent rest = events.end();
            if (rest != null) {
                write(rest);
            }
        } else if (last.content().isReadable()) {
            taps.bytes(last.content());
        }
        if (!holds) {
            call.end(end);
            return;
        }
        LastHttpContent ending = end;
        HttpContent before = held;
        call.bookFirst(
                readable(before) + readable(ending),
                () -> {
                    letGo();
                    call.end(ending);
                },
                () -> {
                    dispose();
                    ending.release();
                });
    }

    private static LastHttpContent trailersOf(LastHttpContent last) {
        if (last.trailingHeaders().isEmpty()) {
            return LastHttpContent.EMPTY_LAST_CONTENT;
        }
        LastHttpContent end = new DefaultLastHttpContent();
        end.trailingHeaders().add(last.trailingHeaders());
        return end;
    }

    private static int readable(@Nullable HttpContent content) {
        return content == null ? 0 : content.content().readableBytes();
    }

    @Override
    public void broken(Failure failure) {
        if (call.written()) {
            return;
        }
        EventFilter events = filter;
        HttpContent rest = events == null ? null : events.end();
        letGo();
        if (rest != null) {
            call.write(rest);
        }
        call.broken(failure);
    }

    /** Nobody reads any more. */
    void dispose() {
        HttpContent waiting = held;
        held = null;
        if (waiting != null) {
            waiting.release();
        }
    }
}
