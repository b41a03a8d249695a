package io.aiproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A snapshot as lines of text, secrets revealed, without what is empty or a default: what golden files expect. */
final class SnapshotText {
    private final StringBuilder out = new StringBuilder();
    private final Path directory;

    private SnapshotText(Path directory) {
        this.directory = directory;
    }

    static String of(Snapshot snapshot, Path directory) {
        SnapshotText text = new SnapshotText(directory);
        text.add("channels", snapshot.channels());
        text.add("groups", snapshot.groups());
        text.add("modelAliases", snapshot.modelAliases());
        text.add("prices", snapshot.prices().entries());
        text.add("userGroups", snapshot.userGroups());
        text.add("users", snapshot.users());
        text.add("adminTokens", snapshot.adminTokens());
        if (!snapshot.system().equals(SystemConfig.defaults())) {
            text.add("system", snapshot.system());
        }
        text.add("files", snapshot.files());
        return text.out.toString();
    }

    private void add(String path, Object value) {
        if (isDefault(value)) {
            return;
        }
        if (value instanceof Optional<?> optional) {
            add(path, optional.orElseThrow());
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                if (element instanceof String || element instanceof JsonNode) {
                    line(path + "." + key, element);
                } else {
                    add(path + "." + key, element);
                }
            });
        } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Record) {
            for (int i = 0; i < list.size(); i++) {
                add(path + "[" + i + "]", list.get(i));
            }
        } else if (value instanceof Target target) {
            line(path, target.origin() + (target.http2() ? "" : " http2=off"));
            if (!target.tls()
                    .equals(new Target.Tls(
                            true, Optional.empty(), target.origin().host()))) {
                add(path + ".tls", target.tls());
            }
            add(path + ".egress", target.egress());
        } else if (value instanceof Record) {
            record(path, (Record) value);
        } else {
            line(path, shown(value));
        }
    }

    private void record(String path, Record value) {
        if (value instanceof ChannelGrant grant) {
            String through = grant.group().isEmpty() ? "" : " of " + grant.group() + " " + grant.weight();
            line(path, grant.channel() + " " + grant.priority() + through);
            return;
        }
        if (value instanceof KeyDigest || value instanceof ModelScope) {
            line(path, value);
            return;
        }
        if (value instanceof AuthConfig auth) {
            line(path, auth.place() + " " + auth.name() + " \"" + auth.prefix() + "\"");
            return;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                Object content = component.getAccessor().invoke(value);
                boolean standard =
                        value instanceof ChannelConfig channel && standard(channel, component.getName(), content)
                                || value instanceof CredentialConfig
                                        && component.getName().equals("weight")
                                        && content.equals(1)
                                || value instanceof CredentialConfig && content.equals(Secret.of(""));
                if (!standard && !component.getName().equals("id")) {
                    add(path + "." + component.getName(), content);
                }
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static boolean standard(ChannelConfig channel, String component, Object value) {
        return switch (component) {
            case "name" -> value.equals(channel.id());
            case "websocketUrl" -> value.equals(Optional.of(Urls.websocketOf(channel.baseUrl())));
            case "auth" -> value.equals(AuthConfig.BEARER);
            case "dialect" -> value == io.aiproxy.core.Dialect.OPENAI;
            case "priority" -> value.equals(100);
            case "hostHeader" -> value.equals(channel.target().origin().authority());
            case "supportsWebsocket" -> value.equals(true);
            case "privacy" -> value.equals(false);
            default -> false;
        };
    }

    private void line(String path, Object value) {
        out.append(path).append(" = ").append(value).append('\n');
    }

    private Object shown(Object value) {
        if (value instanceof Secret secret) {
            return secret.reveal();
        }
        if (value instanceof Path path) {
            return directory.relativize(path);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::shown).toList();
        }
        return value;
    }

    private static boolean isDefault(Object value) {
        return value.equals(SystemConfig.defaults().limits().requestBodiesTotal()) // depends on the machine
                || value.equals(Timeouts.DEFAULT)
                || value.equals(SocketLimits.DEFAULT)
                || value.equals(MoneyConfig.DEFAULT)
                || value.equals(Status.ACTIVE)
                || value.equals(ModelScope.ANY)
                || value.equals(LimitConfig.Outage.LOCAL)
                || value.equals(Strategy.PRIORITY)
                || value.equals(HealthConfig.DEFAULT)
                || value.equals(SystemConfig.Anonymous.NOBODY)
                || value.equals("")
                || (value instanceof Map<?, ?> map && map.isEmpty())
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Optional<?> optional && optional.isEmpty())
                || value.equals(new ChannelConfig.RetryConfig(1, java.time.Duration.ofMillis(200)))
                || value.equals(ChannelConfig.Forwarding.KEEP);
    }
}
