package dev.windrose.watch;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * The registry of a node and the names of the meters of the node itself. Every meter carries the tags {@code region}
 * and {@code node}. Parts keep the names of theirs in a class beside this one.
 */
public final class Meters implements AutoCloseable {

    /** 1 while the control plane runs and this node is an Up member, else 0. */
    public static final String CONTROL_UP = "windrose.control.up";

    /** Starts of the control plane since the node started, the first included. */
    public static final String CONTROL_STARTS = "windrose.control.starts";

    /** 1 with the tag {@code version}: which Windrose this is. */
    public static final String BUILD = "windrose.build";

    public static final String TAG_REGION = "region";
    public static final String TAG_NODE = "node";
    public static final String TAG_VERSION = "version";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Alarms alarms;

    /** A registry that already measures the JVM, the process and the machine. */
    public static Meters create(String region, String node, String version) {
        return new Meters(region, node, version);
    }

    private Meters(String region, String node, String version) {
        registry.config().commonTags(TAG_REGION, region, TAG_NODE, node);
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        registry.gauge(BUILD, Tags.of(TAG_VERSION, version), 1);
        FunctionCounter.builder(LogLimit.HELD_BACK, LogLimit.class, limit -> LogLimit.heldBack())
                .register(registry);
        alarms = new Alarms(registry, System::currentTimeMillis);
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** What is wrong with this node now. */
    public Alarms alarms() {
        return alarms;
    }

    /** Everything measured, in the text form of Prometheus. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
