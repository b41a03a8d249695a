package io.aiproxy.telemetry;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.util.CachingDateFormatter;

/**
 * A line of the application log, as Logback's pattern <code>%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{24} -
 * %msg%n%ex</code> would have it with {@link RedactingMessage} and {@link RedactingThrowable}, but without everything else
 * that such a pattern could ask for: to load that takes longer than to write all lines of a start.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final int LOGGER_WIDTH = 24;
    private static final int LEVEL_WIDTH = 5;

    private final CachingDateFormatter time = new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    private final TargetLengthBasedClassNameAbbreviator logger =
            new TargetLengthBasedClassNameAbbreviator(LOGGER_WIDTH);
    private final RedactingMessage message = new RedactingMessage();
    private final RedactingThrowable thrown = new RedactingThrowable();

    @Override
    public void setContext(Context context) {
        super.setContext(context);
        thrown.setContext(context);
    }

    @Override
    public void start() {
        thrown.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(time.format(event.getTimeStamp())).append(' ');
        int level = line.length();
        line.append(event.getLevel());
        while (line.length() < level + LEVEL_WIDTH) {
            line.append(' ');
        }
        return line.append(' ')
                .append(logger.abbreviate(event.getLoggerName()))
                .append(" - ")
                .append(message.convert(event))
                .append(System.lineSeparator())
                .append(thrown.convert(event))
                .toString();
    }
}
