package io.aiproxy.edge;

import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
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
            ManagedRouteMBean bean = managed.getManagedRoute(route.getId());
            if (bean != null) {
                show(Meters.ROUTE_EXCHANGES, route.getId(), bean);
                show(Meters.ROUTE_FAILURES, route.getId(), bean);
                show(Meters.ROUTE_IN_FLIGHT, route.getId(), bean);
            }
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

    private void show(Meters meter, String id, ManagedRouteMBean bean) {
        removals.add(telemetry.route(meter, id, () -> count(bean, meter)));
    }

    @Override
    public synchronized void close() {
        removals.forEach(Runnable::run);
        removals.clear();
    }
}
