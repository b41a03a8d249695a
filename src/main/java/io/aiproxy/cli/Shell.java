package io.aiproxy.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command sees of the world around it.
 *
 * @param environment the environment variables
 * @param workingDir what relative paths are relative to; absolute
 * @param in what is typed, or comes from another command
 * @param out for what was asked for
 * @param err for complaints
 */
record Shell(Map<String, String> environment, Path workingDir, InputStream in, PrintWriter out, PrintWriter err) {
    /** With nothing to read. */
    Shell(Map<String, String> environment, Path workingDir, PrintWriter out, PrintWriter err) {
        this(environment, workingDir, InputStream.nullInputStream(), out, err);
    }
}
