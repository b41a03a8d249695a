package io.aiproxy.edge;

import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;

/**
 * Shows the counters that Camel keeps of every route for JMX among the meters too. They are read when somebody scrapes, so
 * that a call pays for one set of counters and not for two.
 */
public final class RouteMeters implements AutoCloseable {
    private final Telemetry telemetry;
    private final RouteSets routes;
    private final List<Runnable> removals = new ArrayList<>();

    /** Meters of the route set in force. */
    public RouteMeters(Telemetry telemetry, RouteSets routes) {
        this.telemetry = telemetry;
        this.routes = routes;
    }

    /** Follows a change of the route set. */
    public synchronized void refresh() {
        close();
        CamelContext context = routes.context();
        if (context == null) {
            return;
        }
        ManagedCamelContext managed = context.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class);
        if (managed == null) {
            return;
        }
        for (Route route : context.getRoutes()) {
            show(managed, Meters.ROUTE_EXCHANGES, route.getId(), bean -> count(bean, Meters.ROUTE_EXCHANGES));
            show(managed, Meters.ROUTE_FAILURES, route.getId(), bean -> count(bean, Meters.ROUTE_FAILURES));
            show(managed, Meters.ROUTE_IN_FLIGHT, route.getId(), bean -> count(bean, Meters.ROUTE_IN_FLIGHT));
        }
    }

    private static double count(ManagedRouteMBean bean, Meters meter) {
        try {
            return switch (meter) {
                case ROUTE_EXCHANGES -> bean.getExchangesTotal();
                case ROUTE_FAILURES -> bean.getExchangesFailed();
                default -> bean.getExchangesInflight();
            };
        } catch (Exception e) {
            return Double.NaN; // the route set is on its way out
        }
    }

    private void show(
            ManagedCamelContext managed, Meters meter, String id, ToDoubleFunction<ManagedRouteMBean> reader) {
        ManagedRouteMBean bean = managed.getManagedRoute(id);
        if (bean != null) {
            removals.add(telemetry.route(meter, id, () -> reader.applyAsDouble(bean)));
        }
    }

    @Override
    public synchronized void close() {
        removals.forEach(Runnable::run);
        removals.clear();
    }
}
