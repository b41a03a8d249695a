package io.aiproxy.cli;

import java.nio.file.Path;

/**
 * A value that somebody gave for a setting.
 *
 * @param value the text, trimmed; empty only if it stood so on the command line
 * @param source where it came from, for messages
 * @param base what a relative path in it is relative to
 * @param flag whether it stood on the command line
 */
record Given(String value, String source, Path base, boolean flag) {}
