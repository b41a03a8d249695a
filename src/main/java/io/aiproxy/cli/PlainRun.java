package io.aiproxy.cli;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The usual command line of a gateway, {@code run --flag value …}, read without a parser of command lines: to load and to
 * fill that one takes a start longer than to read what is there. Whatever is not as plain as that, every mistake and every
 * call for help too, is left to it.
 */
final class PlainRun {
    private static final Map<String, Setting> FLAGS = new HashMap<>();

    static {
        for (Setting setting : Setting.values()) {
            FLAGS.put(setting.flag(), setting);
        }
    }

    private PlainRun() {}

    /** What the flags say; empty when the command line is another one, or not plain. */
    static Optional<Map<Setting, String>> flags(String[] args) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        int at = args.length > 0 && args[0].equals("run") ? 1 : 0;
        while (at < args.length) {
            int equals = args[at].indexOf('=');
            boolean apart = equals < 0;
            if (apart && at + 1 == args.length) {
                return Optional.empty();
            }
            Setting setting = FLAGS.get(apart ? args[at] : args[at].substring(0, equals));
            String value = apart ? args[at + 1] : args[at].substring(equals + 1);
            if (setting == null || !plain(value) || flags.put(setting, value) != null) {
                return Optional.empty();
            }
            at += apart ? 2 : 1;
        }
        return Optional.of(flags);
    }

    /** Hands over to the gateway, once the settings are known to be sound. */
    static int run(Map<Setting, String> flags, Runner runner, Shell shell) throws Exception {
        Resolved resolved = SettingsResolver.resolve(new Sources(flags, shell.environment(), shell.workingDir()));
        return runner.run(resolved.settings(), resolved.properties());
    }

    /** Whether a parser would take it as it is: no flag, no file of arguments, nothing in quotes. */
    private static boolean plain(String value) {
        return !value.isEmpty() && "-@\"'".indexOf(value.charAt(0)) < 0 && !value.equals("run");
    }
}
