package io.aiproxy.edge;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ManagementStrategy;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;

/**
 * One generation of routes in a CamelContext of its own: loaded, checked and started before it takes a single call, and
 * stopped in the background when the last of its exchanges has gone.
 */
final class RouteSet {
    private final DefaultCamelContext context;
    private final int generation;

    private RouteSet(DefaultCamelContext context, int generation) {
        this.context = context;
        this.generation = generation;
    }

    /**
     * What routes of every generation share.
     *
     * @param beans named objects that steps refer to
     * @param components made anew for each generation, because Camel stops a context's components with it
     * @param properties values of {@code {{placeholders}}}
     */
    record Surroundings(
            Map<String, Object> beans, Map<String, Supplier<Component>> components, Properties properties) {}

    /** Builds and starts a generation; on any problem everything of it is gone again and the problem is told. */
    static RouteSet start(int generation, RouteFiles files, Surroundings surroundings) throws RouteSetException {
        DefaultCamelContext context =
                new DefaultCamelContext(new DefaultRegistry(new SharedBeans(surroundings.beans())));
        try {
            if (!files.builtIn()) {
                RouteIds.check(files.resources());
            }
            configure(context, generation, surroundings);
            PluginHelper.getRoutesLoader(context).loadRoutes(files.resources());
            RouteRules.check(context);
            context.start();
            requireRoutes(context, files);
            return new RouteSet(context, generation);
        } catch (FailedToCreateRouteException e) {
            RouteSetException told = RouteSetException.of(e, RouteRules.place(context, e.getRouteId()));
            context.stop();
            throw told;
        } catch (FailedToStartRouteException e) {
            RouteSetException told = RouteSetException.of(e, RouteRules.place(context, e.getRouteId()));
            context.stop();
            throw told;
        } catch (Exception e) {
            context.stop();
            throw RouteSetException.of(e);
        }
    }

    private static void configure(DefaultCamelContext context, int generation, Surroundings surroundings) {
        context.getCamelContextExtension().setName("aiproxy-routes-" + generation);
        context.getCamelContextExtension().addInterceptStrategy(new KeepMessage());
        context.setStreamCaching(false);
        context.setMessageHistory(false);
        context.setAllowUseOriginalMessage(false);
        context.setUseBreadcrumb(false);
        context.setLoadTypeConverters(false);
        context.setTracing(false);
        context.getShutdownStrategy().setTimeout(Long.MAX_VALUE / 1_000_000_000L / 1000);
        context.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
        context.getPropertiesComponent().setInitialProperties(surroundings.properties());
        // A consumer that is missing is a mistake, not something to wait for on an event loop.
        context.getComponent("direct", DirectComponent.class).setBlock(false);
        surroundings.components().forEach((name, maker) -> context.addComponent(name, maker.get()));
        ManagementStrategy management = context.getManagementStrategy();
        if (management.getManagementAgent() != null) { // there is none where JMX is off
            management.setManagementAgent(new RouteBeans(context));
        }
    }

    private static void requireRoutes(CamelContext context, RouteFiles files) throws RouteSetException {
        List<Route> routes = context.getRoutes();
        if (routes.isEmpty()) {
            throw new RouteSetException("there is no route in " + files.where());
        }
    }

    int generation() {
        return generation;
    }

    CamelContext context() {
        return context;
    }

    /** Waits for the exchanges under way and stops. Blocks, possibly for long. */
    void stop() {
        context.stop();
    }

    /** Stops without waiting for exchanges: the connections that they belong to are closed. Blocks shortly. */
    void stopNow() {
        context.getShutdownStrategy().setTimeout(1);
        context.getShutdownStrategy().setShutdownNowOnTimeout(true);
        context.stop();
    }
}
