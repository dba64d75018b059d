package dev.windrose.multijvm;

import java.util.Map;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives every story the same {@link Cluster}, started for the first one, whole again before each, ended after the last. */
final class SharedCluster implements ParameterResolver, BeforeEachCallback {

    private static final Namespace HERE = Namespace.create(SharedCluster.class);

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        cluster(context).heal();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster(context);
    }

    private static Cluster cluster(ExtensionContext context) {
        // The root's store lives as long as the run, and closes what can be closed when it ends.
        return context.getRoot()
                .getStore(HERE)
                .computeIfAbsent(
                        "cluster",
                        key -> {
                            try {
                                return Cluster.start("stories", Map.of(), Cluster.SMALL);
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new IllegalStateException("interrupted", e);
                            }
                        },
                        Cluster.class);
    }
}
