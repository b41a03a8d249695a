package io.aiproxy.edge;

import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.PollDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ScriptDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.jspecify.annotations.Nullable;

/** Looks at the steps of one route (or of one error handler), in the order in which calls meet them. */
final class RouteSteps {
    private final CamelContext context;
    private final Set<String> direct;
    private final String owner;
    private final List<String> problems;

    /**
     * @param direct the addresses that routes listen on, as {@code direct:name}
     * @param owner what the steps belong to, for messages
     * @param problems takes what is found
     */
    RouteSteps(CamelContext context, Set<String> direct, String owner, List<String> problems) {
        this.context = context;
        this.direct = direct;
        this.owner = owner;
        this.problems = problems;
    }

    /** Checks {@code steps}; {@code offLoop} says whether they are run by a thread that may wait. */
    void check(List<ProcessorDefinition<?>> steps, boolean offLoop) {
        boolean mayBlock = offLoop;
        for (ProcessorDefinition<?> step : steps) {
            forbidden(step);
            if (!mayBlock) {
                blocking(step);
            }
            String uri = uri(step);
            if (uri != null) {
                endpoint(step, RouteRules.resolved(context, uri), mayBlock);
            }
            check(step.getOutputs(), mayBlock);
            mayBlock = step instanceof ThreadsDefinition || (mayBlock && !backOnLoop(uri));
        }
    }

    /** What no thread may do. */
    private void forbidden(ProcessorDefinition<?> step) {
        if (step instanceof CircuitBreakerDefinition) {
            tell(
                    step,
                    "there is no circuitBreaker here, it would wait on the event loop for the answer that arrives on"
                            + " it; use the channel's own settings (timeouts, retry)");
        }
        if (step instanceof ScriptDefinition) {
            tell(step, "scripts are not allowed in routes; put the logic into a bean");
        }
        if (step instanceof ProcessDefinition process) {
            bean(step, process.getRef());
        }
        if (step instanceof BeanDefinition bean) {
            bean(step, bean.getRef());
            if (bean.getBeanType() != null) {
                tell(step, "a bean cannot be made from a class (" + bean.getBeanType() + "); name one by ref");
            }
        }
    }

    /** Behind a call to a channel the thread is the event loop again, and behind another route nobody knows. */
    private static boolean backOnLoop(@Nullable String uri) {
        String scheme = RouteRules.scheme(uri);
        return scheme.equals("upstream") || scheme.equals("direct");
    }

    private static @Nullable String uri(ProcessorDefinition<?> step) {
        if (step instanceof EndpointRequiredDefinition endpoint) {
            return endpoint.getEndpointUri();
        }
        return step instanceof ToDynamicDefinition dynamic ? dynamic.getUri() : null;
    }

    private void blocking(ProcessorDefinition<?> step) {
        if (step instanceof ThrottleDefinition throttle
                && !isTrue(throttle.getAsyncDelayed())
                && !isTrue(throttle.getRejectExecution())) {
            tell(
                    step,
                    "throttle blocks the event loop; add rejectExecution: true or asyncDelayed: true to it, or put a"
                            + " threads step before it");
        }
        if (step instanceof DelayDefinition delay && "false".equals(delay.getAsyncDelayed())) {
            tell(step, "delay with asyncDelayed: false blocks the event loop; remove asyncDelayed");
        }
        if (step instanceof PollEnrichDefinition || step instanceof PollDefinition) {
            tell(step, step.getShortName() + " blocks the event loop; put a threads step before it");
        }
    }

    private static boolean isTrue(@Nullable String value) {
        return "true".equals(value);
    }

    private void endpoint(ProcessorDefinition<?> step, String uri, boolean mayBlock) {
        String scheme = RouteRules.scheme(uri);
        if (RouteRules.FORBIDDEN.contains(scheme)) {
            tell(step, "the component " + scheme + " is not allowed in routes");
        }
        if (scheme.equals(WebSocketComponent.SCHEME)) {
            tell(step, WebSocketEndpoint.NOT_SENT_TO);
        }
        String address = RouteRules.address(uri);
        if (scheme.equals("direct") && !uri.contains("${") && !direct.contains(address)) {
            tell(step, "no route begins with " + address + "; correct the name or add the route");
        }
        if (scheme.equals("bean") && !uri.contains("${")) {
            bean(step, address.substring("bean:".length()));
        }
        if (RouteRules.BLOCKING.contains(scheme) && !mayBlock && !(step instanceof WireTapDefinition)) {
            tell(
                    step,
                    scheme + " waits for a disk or a server on the event loop; put a threads step before it, or use"
                            + " wireTap");
        }
        boolean waits = !(step instanceof WireTapDefinition) && !uri.contains("waitForTaskToComplete=Never");
        if (scheme.equals("seda") && waits && !mayBlock) {
            tell(
                    step,
                    "seda waits for its answer on the event loop; add waitForTaskToComplete: Never, use wireTap, or put"
                            + " a threads step before it");
        }
    }

    /** Camel looks for the bean when the route is started, and then does not say in which file it is named. */
    private void bean(ProcessorDefinition<?> step, @Nullable String reference) {
        if (reference == null) {
            return;
        }
        if (reference.startsWith("#class:") || reference.startsWith("#type:")) {
            tell(step, "a bean cannot be made from a class (" + reference + "); name one by ref");
            return;
        }
        String name = reference.replaceFirst("^#(bean:)?", "");
        if (context.getRegistry().lookupByName(name) == null) {
            tell(
                    step,
                    "there is no bean \"" + name + "\"; docs/guide/reload-and-routes.md lists those that routes can"
                            + " name");
        }
    }

    private void tell(ProcessorDefinition<?> step, String problem) {
        String id = step.getId() == null ? step.getShortName() : step.getId();
        String place = RouteRules.at(step.getLocation(), step.getLineNumber());
        problems.add(owner + ", step " + id + place + ": " + problem);
    }
}
