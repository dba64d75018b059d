package dev.windrose.live.journal;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.health.Checks;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.definition.RuleActor;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The journal of a lone node in a process that can be killed: rules that are edited one edit after the other, over the real
 * persistence. Started with an address, a number of rules, of writers, and of edits (0: until it is killed).
 *
 * <p>Says {@code found RULE N} for the newest edit of each rule that the journal has, {@code ready}, and {@code ack RULE N}
 * for each edit that was acknowledged; when all are done, the figures.
 */
public final class EditingProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HERE = "us-east-1";
    private static final Set<ReplicaId> REGIONS = Set.of(new ReplicaId(HERE), new ReplicaId("eu-west-1"));
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private final ActorSystem<Void> system;
    private final List<ActorRef<RuleActor.Command>> actors = new ArrayList<>();
    private final long[] edits;

    public static void main(String[] args) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        long began = System.nanoTime();
        try (Database database = Database.open(Journals.at(args[0]), new DefinitionMeters(new SimpleMeterRegistry()))) {
            database.migrate();
            ActorSystem<Void> system = ActorSystem.create(
                    Behaviors.empty(),
                    "editing",
                    ActorSystemSetup.create(BootstrapSetup.create(config()), new JournalSetup(database)));
            EditingProcess process = new EditingProcess(system, Integer.parseInt(args[1]));
            say("ready after ms " + (System.nanoTime() - began) / 1_000_000);
            process.write(Integer.parseInt(args[2]), Long.parseLong(args[3]));
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get();
        }
        say("closed");
    }

    private static Config config() {
        // A circuit breaker as on a machine that nobody else uses would make this a test of the machine.
        return ConfigFactory.parseString("""
                        akka.actor.provider = local
                        jdbc-journal.circuit-breaker.call-timeout = 60s
                        jdbc-snapshot-store.circuit-breaker.call-timeout = 60s
                        """)
                .withFallback(ConfigFactory.parseResources("windrose/akka-control.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
                .withFallback(ConfigFactory.load());
    }

    private static synchronized void say(String line) {
        OUT.println(line);
        OUT.flush();
    }

    /** Reads every rule, and waits for that. */
    private EditingProcess(ActorSystem<Void> system, int rules) throws Exception {
        this.system = system;
        this.edits = new long[rules];
        List<CompletableFuture<DefinitionState>> read = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            CompletableFuture<DefinitionState> first = new CompletableFuture<>();
            read.add(first);
            actors.add(system.systemActorOf(
                    RuleActor.create(
                            new ReplicationId(RuleActor.TYPE, "rule:r" + i, new ReplicaId(HERE)),
                            REGIONS,
                            Checks.DEFAULTS,
                            50,
                            System::currentTimeMillis,
                            (key, state) -> first.complete(state)),
                    "r" + i,
                    Props.empty()));
        }
        for (int i = 0; i < rules; i++) {
            DefinitionState state = read.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            edits[i] = state.exists() ? Long.parseLong(state.text("name").substring(1)) : 0;
            if (edits[i] > 0) {
                say("found " + i + " " + edits[i]);
            }
        }
    }

    private void write(int writers, long all) throws Exception {
        AtomicLong left = new AtomicLong(all == 0 ? Long.MAX_VALUE : all);
        List<Thread> threads = new ArrayList<>();
        List<long[]> took = new ArrayList<>();
        long began = System.nanoTime();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            long[] nanos = new long[(int) Math.min(all, 1 << 20)];
            took.add(nanos);
            Thread thread = new Thread(() -> {
                int done = 0;
                for (int rule = writer; left.getAndDecrement() > 0; rule += writers) {
                    if (rule >= edits.length) {
                        rule = writer;
                    }
                    long from = System.nanoTime();
                    edit(rule);
                    if (done < nanos.length) {
                        nanos[done++] = System.nanoTime() - from;
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        long[] sorted = took.stream()
                .flatMapToLong(Arrays::stream)
                .filter(nanos -> nanos > 0)
                .sorted()
                .toArray();
        say(String.format(
                "edits %d seconds %.1f per_second %.0f p50_ms %.2f p99_ms %.2f longest_ms %.1f",
                sorted.length,
                seconds,
                sorted.length / seconds,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6));
    }

    /** One writer per rule, so the next number is free. */
    private void edit(int rule) {
        long next = edits[rule] + 1;
        Map<String, String> fields = next == 1
                ? Map.of("name", "e1", "algorithm", "priority", "target_regions", "us-east-1 eu-west-1")
                : Map.of("name", "e" + next);
        RuleActor.Answer answer = AskPattern.<RuleActor.Command, RuleActor.Answer>ask(
                        actors.get(rule),
                        replyTo -> new RuleActor.Submit(
                                next == 1 ? Change.Kind.CREATED : Change.Kind.CHANGED,
                                fields,
                                null,
                                "tester",
                                "edit " + next,
                                replyTo),
                        PATIENCE,
                        system.scheduler())
                .toCompletableFuture()
                .join();
        if (answer.result() != DefinitionGateway.Result.DONE) {
            throw new IllegalStateException(rule + ": " + answer.detail());
        }
        edits[rule] = next;
        say("ack " + rule + " " + next);
    }
}
