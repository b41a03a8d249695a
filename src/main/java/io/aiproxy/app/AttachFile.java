package io.aiproxy.app;

import jakarta.activation.DataHandler;
import jakarta.activation.FileDataSource;
import java.io.File;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.attachment.AttachmentMessage;

/**
 * The step {@code attach-file}: makes the file that a route begins with an attachment of the message, which is then free to
 * get words for a body. Camel's mail component sends attachments, but no step of a route makes them.
 */
final class AttachFile implements Processor {
    @Override
    public void process(Exchange exchange) {
        File file = exchange.getMessage().getBody(File.class);
        if (file == null) {
            throw new IllegalArgumentException(
                    "attach-file takes the file that a route begins with; begin it with file:, and put this step first");
        }
        exchange.getMessage(AttachmentMessage.class)
                .addAttachment(file.getName(), new DataHandler(new FileDataSource(file)));
    }
}
