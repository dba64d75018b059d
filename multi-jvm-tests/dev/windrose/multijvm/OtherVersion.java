package dev.windrose.multijvm;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.SpawnProtocol;
import akka.actor.typed.javadsl.AskPattern;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.live.definition.RuleActor;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.stage.NodeProcess;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What a region of another version, or one whose checks are broken, would have written: fields that no check has seen, as
 * real events in the journal of a node that stands still meanwhile.
 */
final class OtherVersion {

    /**
     * Writes fields of a rule into the journal of a node that does not run.
     *
     * @throws IllegalStateException when the node runs
     */
    static void writes(NodeProcess node, String rule, Map<String, String> fields) throws Exception {
        if (node.alive()) {
            throw new IllegalStateException(node.region() + ": runs (expected: stopped, its journal is written)");
        }
        try (Database database =
                Database.open(Journals.settings(node), new DefinitionMeters(new SimpleMeterRegistry()))) {
            database.migrate();
            Config config = ConfigFactory.parseString("akka.actor.provider = local")
                    .withFallback(ConfigFactory.parseResources("windrose/akka-control.conf"))
                    .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
                    .withFallback(ConfigFactory.load());
            ActorSystem<SpawnProtocol.Command> system = ActorSystem.create(
                    SpawnProtocol.create(),
                    "other-version",
                    ActorSystemSetup.create(BootstrapSetup.create(config), new JournalSetup(database)));
            try {
                writes(system, node.region(), rule, fields);
            } finally {
                system.terminate();
                system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void writes(
            ActorSystem<SpawnProtocol.Command> system, String region, String rule, Map<String, String> fields)
            throws Exception {
        Set<ReplicaId> regions = Cluster.REGIONS.stream().map(ReplicaId::new).collect(Collectors.toSet());
        Behavior<RuleActor.Command> actor = RuleActor.create(
                new ReplicationId(RuleActor.TYPE, "rule:" + rule, new ReplicaId(region)),
                regions,
                Checks.DEFAULTS,
                1000,
                System::currentTimeMillis,
                (key, state) -> {});
        ActorRef<RuleActor.Command> spawned = AskPattern.<SpawnProtocol.Command, ActorRef<RuleActor.Command>>ask(
                        system,
                        replyTo -> new SpawnProtocol.Spawn<>(actor, rule, Props.empty(), replyTo),
                        Duration.ofSeconds(10),
                        system.scheduler())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Map<String, DefinitionState.Entry> entries = new HashMap<>();
        Stamp stamp = new Stamp(System.currentTimeMillis(), region);
        fields.forEach((field, text) -> entries.put(field, new DefinitionState.Entry(text, stamp)));
        RuleActor.Mended mended = AskPattern.<RuleActor.Command, RuleActor.Mended>ask(
                        spawned,
                        replyTo -> new RuleActor.Mend(
                                new DefinitionState(entries, null, null), "other-version", "a bad push", replyTo),
                        Duration.ofSeconds(30),
                        system.scheduler())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        if (mended.changes() == 0) {
            throw new IllegalStateException(rule + ": nothing was written (expected: a newer stamp than any before)");
        }
    }

    private OtherVersion() {}
}
