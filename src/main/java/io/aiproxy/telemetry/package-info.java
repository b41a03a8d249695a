/** What is told about calls: access log, meters, the numbers behind the status pages, redaction. */
@NullMarked
package io.aiproxy.telemetry;

import org.jspecify.annotations.NullMarked;
