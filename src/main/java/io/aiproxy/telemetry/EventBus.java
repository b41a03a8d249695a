package io.aiproxy.telemetry;

/** Takes events to those who want them. Any thread, event loops included; never blocks and never throws. */
public interface EventBus {
    /** Nobody wants any. */
    EventBus NONE = new EventBus() {
        @Override
        public boolean wanted(EventStream stream) {
            return false;
        }

        @Override
        public void publish(Event event) {
            // nobody listens
        }
    };

    /** Whether anybody wants events of this stream; otherwise none need be made. Cheap. */
    boolean wanted(EventStream stream);

    /** Hands an event to everybody who wants it. Where there is no room for it, it is dropped and counted. */
    void publish(Event event);
}
