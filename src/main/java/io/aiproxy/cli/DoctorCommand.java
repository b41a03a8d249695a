package io.aiproxy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.app.doctor.Doctor;
import io.aiproxy.app.doctor.Examined;
import io.aiproxy.app.doctor.Step;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Status;
import io.aiproxy.telemetry.LogLevel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aiproxy doctor}: asks channels, and says in words what is wrong and what to do. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Reaches each channel as the gateway would (name, connection, egress proxy, TLS, token) and asks it"
                    + " something cheap with every credential.",
            "Connects to its other hosts (websocket_url, model_hosts) as well.",
            "Says what is wrong and what to do. Needs no running gateway. Never shows a secret."
        },
        footerHeading = "%n",
        footer = {
            "What is asked: health.probe of the channel, otherwise its dialect's list of models, otherwise HEAD /.",
            "",
            "Exit codes: 0 all channels are well, 1 some are not, 2 the command line is wrong."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int LONGEST = 3600;

    private final Shell shell;
    private final Doctor.Tokens tokens;

    @Parameters(
            arity = "0..*",
            paramLabel = "CHANNEL",
            description = "Which channels, disabled ones too; default: all active ones.")
    private List<String> named = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml are.", "default: ./config"})
    private @Nullable String config;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = {"How long one channel may take.", "default: 30"})
    private int timeout = 30;

    @Option(names = "--json", description = "Tell it as JSON.")
    private boolean json;

    DoctorCommand(Shell shell, Doctor.Tokens tokens) {
        this.shell = shell;
        this.tokens = tokens;
    }

    @Override
    public Integer call() throws UserError, SettingsException, InterruptedException, JsonProcessingException {
        if (timeout < 1 || timeout > LONGEST) {
            throw new UserError("--timeout: give a number of seconds from 1 to " + LONGEST);
        }
        if (json) {
            LogLevel.apply("error"); // the log goes to standard output too, and warnings are no JSON
        }
        List<ChannelConfig> channels = wanted(channels());
        List<Examined> found;
        try (Doctor doctor = new Doctor(tokens, Duration.ofSeconds(timeout))) {
            found = doctor.examine(channels);
        }
        if (json) {
            shell.out().println(asJson(found));
        } else {
            tell(found);
        }
        return found.stream().allMatch(Examined::well) ? 0 : 1;
    }

    private Map<String, ChannelConfig> channels() throws UserError, SettingsException {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (config != null) {
            flags.put(Setting.CONFIG, config);
        }
        Path directory = SettingsResolver.resolve(new Sources(flags, shell.environment(), shell.workingDir()))
                .settings()
                .configDir();
        if (!ConfigLoader.present(directory)) {
            throw new UserError("there is no configuration in " + directory + "; name its directory with --config");
        }
        try {
            return ConfigLoader.load(directory, shell.environment()::get, 1, Instant.now())
                    .channels();
        } catch (ConfigException e) {
            throw new UserError("the configuration in " + directory + " cannot be used:\n" + e.getMessage());
        }
    }

    private List<ChannelConfig> wanted(Map<String, ChannelConfig> channels) throws UserError {
        List<ChannelConfig> wanted = new ArrayList<>();
        for (String name : named) {
            ChannelConfig channel = channels.get(name);
            if (channel == null) {
                throw new UserError(
                        "there is no channel \"" + name + "\"; there are: " + String.join(", ", channels.keySet()));
            }
            wanted.add(channel);
        }
        if (named.isEmpty()) {
            channels.values().stream()
                    .filter(channel -> channel.status() == Status.ACTIVE)
                    .forEach(wanted::add);
        }
        return wanted;
    }

    private void tell(List<Examined> found) {
        PrintWriter out = shell.out();
        for (Examined channel : found) {
            out.println(channel.channel() + "  " + channel.baseUrl());
            for (Step step : channel.steps()) {
                String what = Stream.of(step.name(), step.at(), step.credential())
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(" "));
                out.println(String.format(
                        Locale.ROOT, "  %-4s  %-20s %6d ms  %s", step.verdict(), what, step.millis(), step.text()));
            }
            out.println();
        }
        long ill = found.stream().filter(channel -> !channel.well()).count();
        out.println(found.size() + (found.size() == 1 ? " channel" : " channels") + ": "
                + (ill == 0 ? "all well" : ill + " with problems"));
    }

    private static String asJson(List<Examined> found) throws JsonProcessingException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode root = mapper.createObjectNode();
        ArrayNode channels = root.putArray("channels");
        found.forEach(one -> channels.add(one.json()));
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
}
