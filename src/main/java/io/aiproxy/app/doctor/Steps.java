package io.aiproxy.app.doctor;

import io.aiproxy.app.doctor.Step.Verdict;
import io.aiproxy.core.Ticker;
import java.util.ArrayList;
import java.util.List;

/** Gathers what was tried at one channel, each with its time. */
final class Steps {
    private final Ticker ticker;
    private final String at;
    private final List<Step> done;

    Steps(Ticker ticker) {
        this(ticker, "", new ArrayList<>());
    }

    private Steps(Ticker ticker, String at, List<Step> done) {
        this.ticker = ticker;
        this.at = at;
        this.done = done;
    }

    /** Gathers in the same place what is tried at another of the channel's hosts; see {@link Step#at}. */
    Steps at(String setting) {
        return new Steps(ticker, setting, done);
    }

    /** What a step is to do; gives what was found. */
    interface Trial<T> {
        T run() throws StepFailure;
    }

    /** What was found, with what to say of it. */
    record Found<T>(T value, Verdict verdict, String text) {
        static <T> Found<T> ok(T value, String text) {
            return new Found<>(value, Verdict.OK, text);
        }
    }

    /** Tries something; what goes wrong is told and thrown on. */
    <T> T run(String name, String credential, Trial<Found<T>> trial) throws StepFailure {
        long began = ticker.nanos();
        try {
            Found<T> found = trial.run();
            add(name, credential, found.verdict(), began, found.text());
            return found.value();
        } catch (StepFailure e) {
            add(name, credential, Verdict.BAD, began, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void add(String name, String credential, Verdict verdict, long began, String text) {
        done.add(new Step(name, at, credential, verdict, (ticker.nanos() - began) / 1_000_000, text));
    }

    List<Step> all() {
        return List.copyOf(done);
    }
}
