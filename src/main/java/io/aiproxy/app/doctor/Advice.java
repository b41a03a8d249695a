package io.aiproxy.app.doctor;

import io.aiproxy.app.doctor.Step.Verdict;
import io.aiproxy.app.doctor.Steps.Found;
import java.net.URI;

/** What the status of a probe's answer means, and what to do about it. */
final class Advice {
    private Advice() {}

    /**
     * The meaning of an answer.
     *
     * @param anyAnswer whether it only matters that somebody answers
     * @param keyed whether a credential was shown
     */
    static Found<Boolean> of(HttpHead head, boolean anyAnswer, boolean keyed) {
        int status = head.status();
        if (status == 0) {
            return bad("what answers is not HTTP: check the port, and whether base_url should begin with https");
        }
        if (status >= 200 && status < 300) {
            return Found.ok(true, status + (keyed && !anyAnswer ? ", the credential is taken" : ""));
        }
        return status >= 500 ? serverError(status) : anyAnswer ? loose(status) : strict(head);
    }

    private static Found<Boolean> serverError(int status) {
        return bad(status + ", the provider has a problem of its own: see its status page, or try again later"
                + (status == 502 || status == 503 || status == 504 ? "; it may also be a proxy on the way" : ""));
    }

    private static Found<Boolean> loose(int status) {
        return status == 401 || status == 403 || status == 407
                ? new Found<>(
                        true,
                        Verdict.WARN,
                        status + ", somebody answers and wants another credential for this path; set health.probe to a"
                                + " path that tells whether this one is taken")
                : Found.ok(true, status + ", somebody answers; set health.probe to a path that tells more");
    }

    private static Found<Boolean> strict(HttpHead head) {
        int status = head.status();
        return switch (status) {
            case 401 ->
                bad("401, the credential is refused: is it complete, of this provider and account, not expired"
                        + " or withdrawn? Does auth say where the provider wants it?");
            case 402 -> bad("402, the account has no credit left: top it up at the provider");
            case 403 ->
                bad("403, the credential is known but not allowed here: check its permissions, the account's"
                        + " region, and the provider's list of allowed addresses");
            case 404 ->
                bad("404, there is nothing at this path: base_url may lack a prefix or have one too many"
                        + " (https://host, https://host/v1 …); if the provider has no such page, set health.probe.path to"
                        + " one that it has");
            case 407 -> bad("407, the egress proxy wants a user name and password: check egress_proxy");
            case 429 ->
                warn("429, throttled: the credential is taken, but its quota or rate is used up at the moment"
                        + retryAfter(head));
            case 301, 302, 303, 307, 308 ->
                bad(status + ", the channel has moved" + where(head) + ": write the new place into base_url");
            default ->
                warn(status + ", the channel answers but does not like the probe; set health.probe to one that"
                        + " it takes");
        };
    }

    private static String retryAfter(HttpHead head) {
        String seconds = head.headers().getOrDefault("retry-after", "");
        return seconds.matches("[0-9]{1,6}") ? "; again in " + seconds + " s" : "";
    }

    /** Host alone: the rest may hold anything. */
    private static String where(HttpHead head) {
        try {
            URI location = URI.create(head.headers().getOrDefault("location", ""));
            return location.getHost() == null ? "" : " to " + location.getScheme() + "://" + location.getHost();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static Found<Boolean> warn(String text) {
        return new Found<>(true, Verdict.WARN, text);
    }

    private static Found<Boolean> bad(String text) {
        return new Found<>(false, Verdict.BAD, text);
    }
}
