package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.windrose.boot.part.ControlPlane;
import dev.windrose.boot.part.DataDir;
import dev.windrose.boot.part.DataPlane;
import dev.windrose.boot.part.NodePools;
import dev.windrose.boot.part.Part;
import dev.windrose.boot.settings.Settings;
import dev.windrose.watch.Meters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlSystemTest {

    @TempDir
    private Path directory;

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("no database"),
                new ServiceConfigurationError("a provider that cannot be loaded"),
                new NoSuchMethodError("a library of another version"),
                new IOException("a checked exception of code that declares none"));
    }

    /** Otherwise the supervisor waits for ever instead of trying again. */
    @ParameterizedTest
    @MethodSource("failures")
    void aStartThatFailsInAnyWayIsReported(Throwable failure) throws Exception {
        Settings settings = Capabilities.settings(
                new Settings.Sources(null, Map.of("windrose.node.region", "us-east-1"), Map.of()));
        Part failing = new Part() {
            @Override
            public void open(ControlPlane control) {
                ControlSystemTest.<RuntimeException>raise(failure);
            }
        };
        try (DataDir data = DataDir.open(directory.resolve("data"));
                Meters meters = Meters.create("us-east-1", "a", "1")) {
            DataPlane plane = DataPlane.open(settings, "1", data, new NodePools(meters), meters, line -> {});
            try {
                assertThat(catchThrowable(() -> ControlSystem.launch(plane, List.of(failing))
                                .toCompletableFuture()
                                .get(20, TimeUnit.SECONDS)))
                        .hasCause(failure);
            } finally {
                plane.terminate().toCompletableFuture().get(20, TimeUnit.SECONDS);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }
}
