package io.aiproxy.usage.journal;

/**
 * A place in a journal.
 *
 * @param segment number of the file
 * @param offset bytes from the file's beginning; a block begins there, or the file ends
 */
public record Place(long segment, long offset) implements Comparable<Place> {
    /** In front of everything. */
    public static final Place BEGINNING = new Place(0, 0);

    @Override
    public int compareTo(Place other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(offset, other.offset);
    }
}
