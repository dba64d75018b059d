package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.boot.Capabilities;
import dev.windrose.boot.part.DataDir;
import dev.windrose.boot.part.DataPlane;
import dev.windrose.boot.part.NodePools;
import dev.windrose.boot.part.Part;
import dev.windrose.boot.settings.Settings;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.watch.Meters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * All parts of a node as it starts them, without a control plane. What a test keeps in memory answers in their stead; what
 * it does not know of is answered by them.
 */
final class OtherParts implements AutoCloseable {

    private final Path directory = Directories.create();
    private final DataDir dataDir = DataDir.open(directory);
    private final Meters meters = Meters.create("us-east-1", "parts", "1.2.3");
    private final List<Part> parts = Capabilities.all().parts();
    private final DataPlane data;

    OtherParts() {
        Settings settings = Capabilities.devSettings(new Settings.Sources(
                null,
                Map.of("windrose.node.region", "us-east-1", "windrose.node.data-dir", directory.toString()),
                Map.of()));
        data = DataPlane.open(settings, "1.2.3", dataDir, new NodePools(meters), meters, line -> {});
        parts.forEach(part -> part.start(data));
    }

    /** The calls of parts that {@code kept} has none of. Fails when {@code kept} has one that no part has. */
    List<Resource> besides(List<Resource> kept) {
        Set<String> names = names(kept);
        Set<String> ofParts = new HashSet<>();
        List<Resource> others = new ArrayList<>();
        for (Part part : parts) {
            List<Resource> calls = part.calls();
            Set<String> own = names(calls);
            ofParts.addAll(own);
            if (own.stream().noneMatch(names::contains)) {
                others.addAll(calls);
            }
        }
        assertThat(ofParts).containsAll(names);
        return others;
    }

    private static Set<String> names(List<Resource> resources) {
        Router router = new Router();
        resources.forEach(resource -> resource.addTo(router));
        return router.offered().stream()
                .map(offered -> offered.method() + " " + offered.pattern())
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        parts.forEach(Part::close);
        try {
            data.terminate().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the data plane did not end", e);
        }
        meters.close();
        dataDir.close();
        Directories.remove(directory);
    }
}
