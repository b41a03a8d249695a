package io.aiproxy.limits;

/**
 * A count as the file has it.
 *
 * @param name the counter's name
 * @param fromMillis when its window began, wall clock
 * @param untilMillis from when on it says nothing any more
 * @param used what was counted in that window
 * @param before what was counted in the window before; 0 where that does not matter
 */
record SavedCount(String name, long fromMillis, long untilMillis, long used, long before) {}
