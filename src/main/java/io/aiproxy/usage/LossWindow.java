package io.aiproxy.usage;

/** When records have to be written, so that no more than a loss window's are missing after a crash. */
final class LossWindow {
    /** Whatever the latest write took, the next one has at least this part of the window. */
    private static final int LEAST_MARGIN = 8;

    private LossWindow() {}

    /**
     * When to write again: as late as the window allows, because a write costs the same however few records there are. What
     * comes while one write begins must be on disk when the next one ends, which may take twice as long as this did; but half
     * of the window is always waited for.
     *
     * @param began nanoseconds of the clock when the latest write began
     * @param took nanoseconds that it took
     * @param window the loss window in nanoseconds
     */
    static long due(long began, long took, long window) {
        return began + window - Math.min(window / 2, Math.max(window / LEAST_MARGIN, 2 * took));
    }
}
