package dev.windrose.multijvm;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
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

    /** What starting it came to. One that does not start is not tried again for every story. */
    private record Started(
            @Nullable Cluster cluster, @Nullable Exception failure) implements AutoCloseable {

        private static Started now() {
            try {
                return new Started(Cluster.start("stories", Cluster.SMALL, postgres()), null);
            } catch (IOException | InterruptedException | RuntimeException e) {
                return new Started(null, e);
            }
        }

        /** Null where PostgreSQL does not start: the stories that need it say so, and all others run without. */
        private static @Nullable PostgresJournal postgres() {
            try {
                return PostgresJournal.start();
            } catch (IOException | SQLException | IllegalStateException e) {
                System.err.println("PostgreSQL does not start, every region has an embedded journal: " + e);
                return null;
            }
        }

        @Override
        public void close() throws IOException {
            if (cluster != null) {
                cluster.close();
            }
        }
    }

    private static Cluster cluster(ExtensionContext context) {
        // The root's store lives as long as the run, and closes what can be closed when it ends.
        Started started =
                context.getRoot().getStore(HERE).computeIfAbsent("cluster", key -> Started.now(), Started.class);
        if (started.cluster() == null) {
            throw new IllegalStateException("the cluster of the stories does not start", started.failure());
        }
        return started.cluster();
    }
}
