package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;

/** Takes the body of an upstream's answer. Called on the event loop; owns every content it is given. */
interface AnswerSink {
    /** More bytes; not flushed yet. */
    void content(HttpContent content);

    /** Nothing more has been read for now: send what is there. */
    void flush();

    /** The regular end. */
    void end(LastHttpContent last);

    /** The end that should not be. */
    void broken(Failure failure);
}
