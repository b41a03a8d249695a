package io.aiproxy.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where settings come from besides application.properties.
 *
 * @param flags values given on the command line
 * @param environment the process's environment
 * @param workingDir what relative paths on the command line and in the environment are relative to; absolute
 */
record Sources(Map<Setting, String> flags, Map<String, String> environment, Path workingDir) {}
