package io.aiproxy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command sees of the world around it.
 *
 * @param environment the environment variables
 * @param workingDir what relative paths are relative to; absolute
 * @param out for what was asked for
 * @param err for complaints
 */
record Shell(Map<String, String> environment, Path workingDir, PrintWriter out, PrintWriter err) {}
