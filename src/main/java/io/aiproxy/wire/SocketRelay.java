package io.aiproxy.wire;

import io.aiproxy.core.Call;
import io.aiproxy.core.Ending;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.SocketReport.ClosedBy;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.wire.frames.CloseCause;
import io.aiproxy.wire.frames.FrameScanner;
import io.aiproxy.wire.frames.MessageReader;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open WebSocket: two connections and what passes between them.
 *
 * <p><b>How it may end.</b> (1) One end sends a Close frame, which passes; the other answers with its own; then both
 * connections are closed, the channel's server first if it likes. (2) A connection breaks without a Close frame: what was
 * still on its way to the other end is sent, then that connection is closed without one too, so that the other end sees
 * what happened. (3) The gateway closes, for a limit, a revoked right or its own end: both ends get a Close frame that says
 * why, behind the frame that is on its way to them if there is one. Whoever does not finish a close within
 * {@link #PATIENCE}, or within the time that callers may take to read ({@link Limits#stallTimeout}) if that is shorter, is
 * cut off.
 *
 * <p>Confined to the event loop of the call, except {@link #close} and {@link #cut}.
 */
final class SocketRelay {
    /** How long an end may take to answer a Close frame, or to read what is still to be sent to it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** RFC 6455, 7.4.1: codes below this are about things gone wrong, but for 1000, 1001 and 1005. */
    private static final int OWN_CODES = 3000;

    /** The marker that every message contains. */
    private static final byte[] EVERYTHING = {};

    private final ServerCall serverCall;
    private final HttpListener listener;
    private final SocketLimits limits;
    private final SocketSide caller;
    private final SocketSide channel;
    private final Deadline idle;
    private final Deadline age;
    private final @Nullable MessageTap tap;
    private final @Nullable MessageReader callerReader;
    private final @Nullable MessageReader channelReader;
    private final SocketWatch.Live live;
    private Supplier<Optional<String>> revoked = Optional::empty;
    private @Nullable ClosedBy closedBy;
    private @Nullable CloseCause cause;
    private int closeCode;
    private boolean ending;
    private boolean callersFault;

    SocketRelay(ServerCall serverCall, HttpListener listener, SocketPlan plan, boolean readable) {
        this.serverCall = serverCall;
        this.listener = listener;
        this.limits = plan.limits();
        FrameScanner fromCaller = new FrameScanner(true, limits.maxFrame(), limits.maxMessage());
        FrameScanner fromChannel = new FrameScanner(false, limits.maxFrame(), limits.maxMessage());
        this.caller = new SocketSide(this, fromCaller, false);
        this.channel = new SocketSide(this, fromChannel, true);
        caller.link(channel);
        channel.link(caller);
        this.tap = readable ? plan.tap().orElse(null) : null;
        MessageTap along = tap;
        if (along == null) {
            callerReader = null;
            channelReader = null;
        } else {
            callerReader = new MessageReader(along::wantsCaller, () -> EVERYTHING, along::fromCaller);
            channelReader = new MessageReader(() -> true, along::channelMarker, along::fromChannel);
            fromCaller.readAlong(callerReader);
            fromChannel.readAlong(channelReader);
        }
        EventLoop loop = loop();
        this.idle = new Deadline(loop, this::silent);
        this.age = new Deadline(loop, () -> close(CloseCause.TOO_OLD, CloseCause.TOO_OLD.text()));
        this.live = listener.books().sockets().opened(call().channel());
    }

    Call call() {
        return serverCall.call();
    }

    private EventLoop loop() {
        return (EventLoop) call().loop();
    }

    SocketSide caller() {
        return caller;
    }

    SocketSide channel() {
        return channel;
    }

    /** Both connections are in place: frames flow. */
    void start(SocketPlan plan) {
        revoked = plan.revoked();
        listener.sockets().add(this);
        idle.in(limits.idle().toNanos());
        age.in(limits.maxAge().toNanos());
        caller.start();
        channel.start();
        review();
    }

    /** Closes if it may not stay open. */
    void review() {
        revoked.get().ifPresent(why -> close(CloseCause.REVOKED, why));
    }

    /** Something has come from this side. */
    void heard(SocketSide from, boolean closeCame) {
        SocketSide to = from == caller ? channel : caller;
        to.farewellIfPossible();
        if (closeCame) {
            closeCame(from, to);
        }
        CloseCause violation = from.incoming().violation();
        if (violation != null && cause == null) {
            closeNow(violation, violation.text(), from == caller);
        } else if (!ending) {
            idle.in(limits.idle().toNanos());
        }
    }

    private void closeCame(SocketSide from, SocketSide to) {
        if (closedBy == null) {
            closedBy = from == caller ? ClosedBy.CALLER : ClosedBy.CHANNEL;
            closeCode = from.incoming().closeCode(SocketReport.NO_STATUS);
        }
        patience();
        if (to.incoming().closed() || cause != null) {
            from.closeBehind();
            if (to.incoming().closed()) {
                to.closeBehind();
            }
        }
    }

    void carried(SocketSide from, long frames, long bytes) {
        if (frames == 0 && bytes == 0) {
            return;
        }
        if (from == caller) {
            live.carried(frames, bytes, 0, 0);
        } else {
            live.carried(0, 0, frames, bytes);
        }
    }

    private void silent() {
        if (ending) {
            cutNow();
        } else {
            close(CloseCause.IDLE, CloseCause.IDLE.text());
        }
    }

    private void cutNow() {
        caller.closeNow();
        channel.closeNow();
    }

    /** Breaks both connections. May be called from any thread. */
    void cut() {
        loop().execute(this::cutNow);
    }

    /** Closes for the gateway's own reason. May be called from any thread; only the first reason counts. */
    void close(CloseCause why, String text) {
        if (loop().inEventLoop()) {
            closeNow(why, text, true);
        } else {
            loop().execute(() -> closeNow(why, text, true));
        }
    }

    private void closeNow(CloseCause why, String text, boolean fromCaller) {
        if (cause != null || (caller.gone() && channel.gone())) {
            return;
        }
        cause = why;
        SocketSide violator = fromCaller ? caller : channel;
        callersFault = fromCaller;
        if (closedBy == null) {
            closedBy = ClosedBy.GATEWAY;
            closeCode = why.code();
        }
        patience();
        caller.bidFarewell(why.code(), text);
        channel.bidFarewell(why.code(), text);
        if (why == CloseCause.PROTOCOL_ERROR) {
            violator.closeBehindFarewell(); // where its own Close frame would begin is unknown
        }
    }

    /** From now on time runs for the end. */
    private void patience() {
        if (!ending) {
            ending = true;
            age.clear();
            Duration stall = listener.limits().stallTimeout();
            idle.in((stall.isZero() || stall.compareTo(PATIENCE) > 0 ? PATIENCE : stall).toNanos());
        }
    }

    /** This side's connection is closed. */
    void gone(SocketSide side) {
        SocketSide rest = side == caller ? channel : caller;
        if (closedBy == null) {
            closedBy = side == caller ? ClosedBy.CALLER : ClosedBy.CHANNEL;
            closeCode = SocketReport.ABNORMAL;
        }
        if (rest.gone()) {
            settle();
            return;
        }
        patience();
        boolean answerDue = side.incoming().closed() && !rest.incoming().closed();
        boolean farewellDue = rest.toldFarewell() && !rest.incoming().closed();
        if (!answerDue && !farewellDue) {
            rest.closeBehind();
        }
    }

    private void settle() {
        idle.end();
        age.end();
        listener.sockets().remove(this);
        live.closed();
        if (callerReader != null) {
            callerReader.close();
        }
        if (channelReader != null) {
            channelReader.close();
        }
        CloseCause why = cause;
        ClosedBy by = closedBy == null ? ClosedBy.GATEWAY : closedBy;
        SocketReport report = new SocketReport(
                true,
                caller.incoming().frames(),
                channel.incoming().frames(),
                closeCode,
                by,
                by == ClosedBy.GATEWAY && why != null ? why.tag() : "");
        MessageTap along = tap;
        if (along != null && call().model().isEmpty()) {
            call().model(along.model());
        }
        if (along != null) {
            serverCall.socketUsed(along);
        }
        serverCall.socketOver(ending(by), caller.bytes(), channel.bytes(), report);
    }

    private Ending ending(ClosedBy by) {
        CloseCause why = cause;
        if (by == ClosedBy.GATEWAY && why != null) {
            return switch (why) {
                case IDLE, TOO_OLD -> Ending.TIMED_OUT;
                case PROTOCOL_ERROR, FRAME_TOO_LARGE, MESSAGE_TOO_LARGE ->
                    callersFault ? Ending.CALLER_ERROR : Ending.CHANNEL_ERROR;
                case REVOKED, SHUTDOWN -> Ending.OK;
            };
        }
        if (by == ClosedBy.CALLER) {
            return closeCode == SocketReport.ABNORMAL ? Ending.CANCELLED : Ending.OK;
        }
        if (closeCode == SocketReport.ABNORMAL) {
            return Ending.TRUNCATED;
        }
        boolean well =
                closeCode == 1000 || closeCode == 1001 || closeCode == SocketReport.NO_STATUS || closeCode >= OWN_CODES;
        return well ? Ending.OK : Ending.CHANNEL_ERROR;
    }
}
