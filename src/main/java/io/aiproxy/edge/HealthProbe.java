package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.UpstreamPath;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Timeouts;
import io.aiproxy.credentials.Substitute;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.wire.HeaderEdits;
import io.aiproxy.wire.UpstreamAnswer;
import io.aiproxy.wire.UpstreamClients;
import io.aiproxy.wire.UpstreamListener;
import io.aiproxy.wire.UpstreamRequest;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The probe of one candidate: the configured request with the channel's real credential, path and headers, over the
 * connections that calls use too. It is a call that nobody has made: it is in no statistics, in no log and in no count of
 * calls under way.
 */
final class HealthProbe {
    private static final Logger LOG = LoggerFactory.getLogger(HealthProbe.class);
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final Candidate candidate;
    private final HealthConfig.Probe config;
    private final Ways ways;
    private final EventLoop loop;
    private final AtomicBoolean underWay;
    private volatile boolean complained;

    /**
     * @param ways how it is made and sent
     * @param loop where
     * @param underWay whether the probe before is still on its way, perhaps since another configuration
     */
    HealthProbe(Candidate candidate, Ways ways, EventLoop loop, AtomicBoolean underWay) {
        this.candidate = candidate;
        this.config = candidate.channel().health().probe().orElseThrow();
        this.ways = ways;
        this.loop = loop;
        this.underWay = underWay;
    }

    AtomicBoolean underWay() {
        return underWay;
    }

    /**
     * What all probes share.
     *
     * @param clients send them
     * @param tokens made from credentials, for channels that want them
     */
    record Ways(UpstreamClients clients, TokenSource tokens) {}

    /** Sends it, unless the one before is still under way. Any thread; returns at once. */
    void send(Policy policy) {
        if (underWay.compareAndSet(false, true)) {
            loop.execute(() -> sendNow(policy));
        }
    }

    private void sendNow(Policy policy) {
        Call call = call();
        Asked asked = new Asked(call);
        try {
            ChannelConfig channel = candidate.channel();
            if (channel.token().isEmpty() || channel.auth().place() == AuthConfig.Place.NONE) {
                send(asked, request(policy, call, policy.keys().substitute(channel, candidate.credential())));
                return;
            }
            ways.tokens()
                    .fetch(channel, candidate.credential())
                    .whenComplete((token, failure) -> loop.execute(() -> withToken(policy, asked, token, failure)));
        } catch (FailureException e) {
            asked.failed(e.failure());
        } catch (RuntimeException e) {
            LOG.error(
                    "The probe of channel {} could not be made",
                    candidate.channel().id(),
                    e);
            asked.end();
        }
    }

    private void send(Asked asked, UpstreamRequest request) {
        asked.begin();
        ways.clients().send(request, asked);
    }

    private void withToken(Policy policy, Asked asked, @Nullable Secret token, @Nullable Throwable failure) {
        try {
            if (token == null) {
                LOG.debug("No token for the probe of {}", candidate, failure);
                asked.end();
                candidate.health().probeRefused(); // the credential's trouble and not the channel's
                return;
            }
            ChannelConfig channel = candidate.channel();
            Substitute substitute = policy.keys().substitute(channel, candidate.credential(), token);
            send(asked, request(policy, asked.call, substitute));
        } catch (FailureException e) {
            asked.failed(e.failure());
        }
    }

    private Duration time() {
        return config.timeout().compareTo(SHORTEST) < 0 ? SHORTEST : config.timeout();
    }

    private Call call() {
        long now = System.nanoTime();
        RequestHead head = new RequestHead(config.method(), config.path(), Headers.NONE, HERE, false);
        Body body = config.body()
                .map(text -> Body.of(text.getBytes(StandardCharsets.UTF_8)))
                .orElse(Body.EMPTY);
        Call call = new Call("probe", head, body, loop, new Call.Started(now, System.currentTimeMillis(), now));
        call.uncounted();
        return call;
    }

    private UpstreamRequest request(Policy policy, Call call, Substitute substitute) {
        ChannelConfig channel = candidate.channel();
        ChannelEdits edits = policy.edits().get(channel.id());
        if (edits == null) {
            throw new IllegalStateException("no header changes for channel " + channel.id());
        }
        ChannelEdits.Place place = edits.place(call, "");
        Rules.Matched rules = edits.rules().matching(config.path(), Headers.NONE);
        String target = rules.query(UpstreamPath.of(channel, config.path()));
        if (substitute.place() == AuthConfig.Place.QUERY) {
            target = substitute.withQuery(target);
        }
        Duration time = time();
        Duration connect = channel.timeouts().connect();
        boolean sooner = !connect.isZero() && connect.compareTo(time) < 0;
        return new UpstreamRequest(
                call,
                call.body(),
                place.target(),
                new Timeouts(sooner ? connect : time, time, time, time, time),
                target,
                place.host(),
                withOwn(edits.of(call, substitute, ChannelEdits.Packing.ANY, rules)),
                false);
    }

    /** What a client would send by itself; the channel's own headers count more. */
    private HeaderEdits withOwn(HeaderEdits edits) {
        List<Map.Entry<String, String>> set = new ArrayList<>();
        set.add(Map.entry("user-agent", "aiproxy-probe"));
        set.add(Map.entry("accept", "application/json"));
        if (config.body().isPresent()) {
            set.add(Map.entry("content-type", "application/json"));
        }
        set.addAll(edits.set());
        return new HeaderEdits(edits.remove(), set);
    }

    private void answered(int status) {
        if (status < 400) {
            candidate.health().probed();
        } else if (status == 401 || status == 402 || status == 403) {
            candidate.health().probeRefused();
        } else if (status >= 500) {
            candidate.health().probeLost();
        } else if (status != 429 && !complained) {
            complained = true;
            LOG.warn(
                    "The probe of channel {} with credential {} was answered with {}, which says nothing about its"
                            + " health; correct health.probe of the channel",
                    candidate.channel().id(),
                    candidate.credential().name(),
                    status);
        }
    }

    private void without(Failure failure) {
        FailureKind kind = failure.kind();
        if (kind == FailureKind.CHANNEL_MISCONFIGURED || kind == FailureKind.UPSTREAM_TOKEN_UNAVAILABLE) {
            candidate.health().probeRefused();
        } else if (kind.origin() == FailureKind.Origin.UPSTREAM) {
            candidate.health().probeLost();
        } else {
            LOG.warn(
                    "The probe of channel {} cannot be sent: {}",
                    candidate.channel().id(),
                    failure.message());
        }
    }

    /** One probe under way. Confined to its event loop. */
    private final class Asked implements UpstreamListener {
        private final Call call;
        private @Nullable Future<?> deadline;
        private boolean over;

        Asked(Call call) {
            this.call = call;
        }

        /** Connecting and waiting for the head together take no longer than the probe's time. */
        void begin() {
            deadline = loop.schedule(this::expired, time().toNanos(), TimeUnit.NANOSECONDS);
        }

        private void expired() {
            if (!over) {
                end();
                call.hangUp(); // gives the connection up
                candidate.health().probeLost();
            }
        }

        private void end() {
            over = true;
            Future<?> timer = deadline;
            if (timer != null) {
                timer.cancel(false);
            }
            underWay.set(false);
        }

        @Override
        public void answered(UpstreamAnswer answer) {
            int status = answer.status();
            answer.discard();
            if (!over) {
                end();
                HealthProbe.this.answered(status);
            }
        }

        @Override
        public void failed(Failure failure) {
            if (!over) {
                end();
                without(failure);
            }
        }
    }
}
