package dev.windrose.boot;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.SpawnProtocol;
import dev.windrose.watch.Meters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What answers decisions: starts from files alone, needs no other node and no database, and ends only with the process. */
final class DataPlane {

    static final String NAME = "windrose-data";

    private final ActorSystem<SpawnProtocol.Command> system;

    static DataPlane start(Settings settings, DataDir dataDir, Meters meters) {
        ActorSystem<SpawnProtocol.Command> system =
                ActorSystem.create(SpawnProtocol.create(), NAME, AkkaConfigs.data(settings));
        return new DataPlane(system);
    }

    private DataPlane(ActorSystem<SpawnProtocol.Command> system) {
        this.system = system;
    }

    ActorSystem<SpawnProtocol.Command> system() {
        return system;
    }

    void notReady() {}

    CompletionStage<Done> snapshot() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    CompletionStage<Done> terminate() {
        system.terminate();
        return system.getWhenTerminated();
    }

    CompletionStage<Done> drain(Duration atMost) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }
}
