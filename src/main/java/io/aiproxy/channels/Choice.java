package io.aiproxy.channels;

import java.util.List;

/**
 * What may serve a call.
 *
 * @param candidates in the order in which they are to be tried; never empty
 * @param target the request's target without a channel prefix, otherwise byte for byte
 */
public record Choice(List<Candidate> candidates, String target) {}
