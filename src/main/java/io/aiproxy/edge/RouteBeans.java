package io.aiproxy.edge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.modelmbean.InvalidTargetObjectTypeException;
import javax.management.modelmbean.ModelMBeanInfo;
import javax.management.modelmbean.RequiredModelMBean;
import org.apache.camel.CamelContext;
import org.apache.camel.ManagementMBeansLevel;
import org.apache.camel.ManagementStatisticsLevel;
import org.apache.camel.api.management.mbean.ManagedCamelContextMBean;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.apache.camel.management.DefaultManagementAgent;
import org.apache.camel.support.management.MBeanInfoAssembler;

/**
 * What a route set shows in JMX: its context, and every route with its counters. Not each endpoint and service of Camel's, of
 * which nobody learns what the routes do not say. And a class is described once, not for each of its objects: all of it
 * together was a seventh of what the main thread does in a start.
 */
final class RouteBeans extends DefaultManagementAgent {
    private final Map<Class<?>, ModelMBeanInfo> described = new ConcurrentHashMap<>();
    private final MBeanInfoAssembler assembler;

    RouteBeans(CamelContext context) {
        super(context);
        assembler = new MBeanInfoAssembler(context);
        setMBeansLevel(ManagementMBeansLevel.RoutesOnly);
        // Statistics of routes, not of every step: those cost each call more than they tell.
        setStatisticsLevel(ManagementStatisticsLevel.RoutesOnly);
    }

    @Override
    protected void doStart() throws Exception {
        assembler.start();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        assembler.stop();
    }

    @Override
    public void register(Object bean, ObjectName name, boolean force) throws JMException {
        if (bean instanceof ManagedRouteMBean || bean instanceof ManagedCamelContextMBean) {
            super.register(model(bean, name), name, force);
        }
    }

    private RequiredModelMBean model(Object bean, ObjectName name) throws JMException {
        ModelMBeanInfo description = described.get(bean.getClass());
        if (description == null) {
            description = assembler.getMBeanInfo(getCamelContext(), bean, null, name.toString());
            described.put(bean.getClass(), description);
        }
        RequiredModelMBean model = new RequiredModelMBean(description);
        try {
            model.setManagedResource(bean, "ObjectReference");
        } catch (InvalidTargetObjectTypeException e) {
            throw new JMException(e.getMessage());
        }
        return model;
    }
}
