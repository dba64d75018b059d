package dev.windrose.boot.part;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.SpawnProtocol;
import akka.dispatch.ExecutionContexts;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Settings;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.pool.Pools;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Meters;
import dev.windrose.watch.PartMeters;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The part of a node that answers decisions: starts from files alone, needs no other node and no database, and ends
 * only with the process. It gives each part its actor system, pools, clock, files and meters.
 */
public final class DataPlane {

    static final String NAME = "windrose-data";

    /**
     * For drills: the region whose clock is off, a colon, and the offset in ms. Not a setting, because it has no other
     * use.
     */
    private static final String CLOCK_OFFSET = System.getProperty("windrose.drill.clock-offset", "");

    private final Settings settings;
    private final String version;
    private final Consumer<String> say;
    private final DataDir dataDir;
    private final NodePools pools;
    private final Meters meters;
    private final PartMeters partMeters;
    private final LongSupplier wallMs;
    private final NodeClock clock;
    private final ActorSystem<SpawnProtocol.Command> system;
    private final Supervision actors;
    private final RunningControlPlane running;

    /**
     * Creates it empty.
     *
     * @param say prints one line for whoever started the node
     */
    public static DataPlane open(
            Settings settings, String version, DataDir dataDir, NodePools pools, Meters meters, Consumer<String> say) {
        return new DataPlane(settings, version, dataDir, pools, meters, say);
    }

    private DataPlane(
            Settings settings, String version, DataDir dataDir, NodePools pools, Meters meters, Consumer<String> say) {
        NodeSettings node = settings.node();
        long offMs = offMs(node.region());
        this.settings = settings;
        this.version = version;
        this.say = say;
        this.dataDir = dataDir;
        this.pools = pools;
        this.meters = meters;
        partMeters = new PartMeters(meters.registry(), meters.alarms());
        wallMs = () -> System.currentTimeMillis() + offMs;
        clock = new NodeClock(wallMs, System::nanoTime, node.clockAlarmBeyond(), node.clockRefuseBeyond());
        meters.registry().gauge(Meters.CLOCK_AHEAD, clock, NodeClock::aheadMs);
        system = ActorSystem.create(
                SpawnProtocol.create(),
                NAME,
                ActorSystemSetup.create(BootstrapSetup.create(AkkaConfigs.data(settings)), new PoolSetup(pools.files)));
        system.scheduler()
                .scheduleWithFixedDelay(Pools.LOOK_EVERY, Pools.LOOK_EVERY, pools.all::look, system.executionContext());
        actors = new Supervision(partMeters, System::nanoTime);
        actors.watch(system);
        running = new RunningControlPlane(
                dataDir, actors, meters.registry().gauge(Meters.CONTROL_UP, new AtomicInteger()));
        running.check(RunningControlPlane.Check.FILES, dataDir::problem);
    }

    private static long offMs(RegionId self) {
        String region = self + ":";
        return CLOCK_OFFSET.startsWith(region) ? Long.parseLong(CLOCK_OFFSET.substring(region.length())) : 0;
    }

    public Settings settings() {
        return settings;
    }

    /** The region of this node. */
    public RegionId self() {
        return settings.node().region();
    }

    /** All regions. */
    public Set<RegionId> regions() {
        return Set.copyOf(settings.node().regions());
    }

    public String version() {
        return version;
    }

    /** Prints one line for whoever started the node. */
    public void say(String line) {
        say.accept(line);
    }

    public DataDir dataDir() {
        return dataDir;
    }

    public NodePools pools() {
        return pools;
    }

    public Meters meters() {
        return meters;
    }

    /** Of the long-lived actors of both planes. */
    public PartMeters partMeters() {
        return partMeters;
    }

    /** The machine's clock. */
    public long wallMs() {
        return wallMs.getAsLong();
    }

    /** The time by most nodes. */
    public NodeClock clock() {
        return clock;
    }

    public ActorSystem<SpawnProtocol.Command> system() {
        return system;
    }

    /** The long-lived actors of this plane. */
    public Supervision actors() {
        return actors;
    }

    /** The running control plane, if any. */
    public RunningControlPlane running() {
        return running;
    }

    /** Starts an actor that must run from now on, and that keeps its state when it fails on a message. */
    public <T> ActorRef<T> start(String name, Behavior<T> behavior) {
        return system.systemActorOf(actors.resuming(name, behavior), name, Props.empty());
    }

    /** Checks files now and every {@code time}. */
    public void lookEvery(Duration time, Runnable look) {
        system.classicSystem()
                .scheduler()
                .scheduleWithFixedDelay(Duration.ZERO, time, look, ExecutionContexts.fromExecutor(pools.files));
    }

    /** Ends its actor system. */
    public CompletionStage<Done> terminate() {
        system.terminate();
        return system.getWhenTerminated();
    }
}
