package io.aiproxy.core;

/**
 * What a provider says a call has used. Zero where it says nothing. Providers disagree about what a total contains; here
 * every number stands for itself, as its documentation defines it.
 *
 * @param inputTokens tokens of the input, the cached ones included
 * @param outputTokens tokens of the output, those of reasoning included
 * @param cachedInputTokens the part of the input that was read from a cache
 * @param cacheWriteTokens tokens written to a cache
 * @param reasoningTokens the part of the output that was reasoning
 * @param audioInputTokens the part of the input that was audio
 * @param audioOutputTokens the part of the output that was audio
 * @param imageInputTokens the part of the input that was images
 * @param characters characters of speech synthesis
 * @param seconds seconds of audio or video recognised or made
 * @param images images made
 * @param cacheWriteHourTokens the part of what was written to a cache that stays there for an hour instead of minutes
 * @param cachedAudioInputTokens the part of the audio that was read from a cache
 * @param cachedImageInputTokens the part of the images that was read from a cache
 */
public record Usage(
        long inputTokens,
        long outputTokens,
        long cachedInputTokens,
        long cacheWriteTokens,
        long reasoningTokens,
        long audioInputTokens,
        long audioOutputTokens,
        long imageInputTokens,
        long characters,
        long seconds,
        long images,
        long cacheWriteHourTokens,
        long cachedAudioInputTokens,
        long cachedImageInputTokens) {
    /** Nothing. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Whether it is nothing. */
    public boolean isNone() {
        return (inputTokens
                        | outputTokens
                        | cachedInputTokens
                        | cacheWriteTokens
                        | reasoningTokens
                        | audioInputTokens
                        | audioOutputTokens
                        | imageInputTokens
                        | characters
                        | seconds
                        | images
                        | cacheWriteHourTokens
                        | cachedAudioInputTokens
                        | cachedImageInputTokens)
                == 0;
    }

    /** Both together. */
    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                cachedInputTokens + other.cachedInputTokens,
                cacheWriteTokens + other.cacheWriteTokens,
                reasoningTokens + other.reasoningTokens,
                audioInputTokens + other.audioInputTokens,
                audioOutputTokens + other.audioOutputTokens,
                imageInputTokens + other.imageInputTokens,
                characters + other.characters,
                seconds + other.seconds,
                images + other.images,
                cacheWriteHourTokens + other.cacheWriteHourTokens,
                cachedAudioInputTokens + other.cachedAudioInputTokens,
                cachedImageInputTokens + other.cachedImageInputTokens);
    }
}
