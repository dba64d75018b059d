package dev.windrose.boot;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import dev.windrose.boot.part.DataDir;
import dev.windrose.boot.part.DataPlane;
import dev.windrose.boot.part.NodePools;
import dev.windrose.boot.part.Part;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TlsSection;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.front.web.ApiServer;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.Meters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** One node: the order in which its parts start and stop. */
public final class Node {

    /** Longest time from the signal to the end of the process. */
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(19);

    /** Longer than the write of a batch; what is not written by then is in a file. */
    private static final Duration FLUSH_AT_MOST = Duration.ofSeconds(2);

    private static final Duration FILES_EVERY = Duration.ofSeconds(2);

    private final Settings settings;
    private final Consumer<String> say;
    private final DataPlane data;
    private final List<Part> parts;
    private final ActorRef<ControlSupervisor.Command> supervisor;

    /**
     * Starts a node; returns when it answers decisions. It joins the other regions afterwards, with retries.
     *
     * @param say prints one line for whoever started the node
     * @throws WrongSetting when the node cannot start with its settings, for instance because a port is in use
     */
    public static Node start(Settings settings, String version, Consumer<String> say) {
        NodeSettings node = settings.node();
        DataDir dataDir = DataDir.open(node.dataDir());
        Meters meters = Meters.create(node.region().value(), node.host() + ":" + node.port(), version);
        DataPlane data = DataPlane.open(settings, version, dataDir, new NodePools(meters), meters, say);
        Capabilities all = Capabilities.all();
        ApiServer api;
        try {
            all.parts().forEach(part -> part.start(data));
            api = all.api().listen(all.calls());
        } catch (WrongSetting e) {
            all.parts().forEach(Part::close);
            data.terminate();
            dataDir.close();
            throw e;
        }
        watchFiles(data);
        say.accept("windrose " + version + " of region " + node.region() + " answers on "
                + (settings.of(TlsSection.HTTP).isEmpty() ? "http://" : "https://")
                + settings.of(HttpSection.HTTP).host() + ":" + api.port());
        return new Node(settings, say, data, all.parts(), supervised(data, all.parts()));
    }

    private Node(
            Settings settings,
            Consumer<String> say,
            DataPlane data,
            List<Part> parts,
            ActorRef<ControlSupervisor.Command> supervisor) {
        this.settings = settings;
        this.say = say;
        this.data = data;
        this.parts = parts;
        this.supervisor = supervisor;
    }

    /** Reports when the directory of this node's files is removed or cannot be written, and when it is back. */
    private static void watchFiles(DataPlane data) {
        ActorSystem<?> system = data.system();
        DataDir dataDir = data.dataDir();
        system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        FILES_EVERY,
                        () -> {
                            dataDir.look();
                            data.meters().alarms().set(Alarms.Kind.FILES, "data-dir", dataDir.problem());
                        },
                        system.dispatchers().lookup(DispatcherSelector.blocking()));
    }

    private static ActorRef<ControlSupervisor.Command> supervised(DataPlane data, List<Part> parts) {
        NodeSettings node = data.settings().node();
        AtomicInteger starts = data.meters().registry().gauge(Meters.CONTROL_STARTS, new AtomicInteger());
        ControlSupervisor.Launcher launcher = () -> {
            String problem = data.dataDir().problem();
            if (problem != null) {
                return CompletableFuture.failedFuture(new IllegalStateException(problem));
            }
            starts.incrementAndGet();
            return ControlSystem.launch(data, parts);
        };
        Backoff backoff = new Backoff(
                node.restartAfter(), node.restartAfterAtMost(), node.restartJitter(), node.recoveredAfter());
        ActorRef<ControlSupervisor.Command> supervisor = data.system()
                .systemActorOf(
                        ControlSupervisor.create(
                                launcher,
                                backoff,
                                () -> ThreadLocalRandom.current().nextDouble()),
                        "control-plane",
                        Props.empty());
        data.running().startsBy(() -> supervisor.tell(ControlSupervisor.Start.INSTANCE));
        return supervisor;
    }

    /** Stops the node gracefully: not ready, no new requests, the ones in flight, the cluster, the snapshot. */
    public boolean stop() {
        NodeSettings node = settings.node();
        StopOrder order = new StopOrder(System::nanoTime, say);
        boolean well = order.run(
                List.of(
                        new StopOrder.Step("not ready", node.stopNotice().plusSeconds(1), () -> {
                            parts.forEach(Part::notReady);
                            return passed(node.stopNotice());
                        }),
                        new StopOrder.Step(
                                "requests in flight",
                                node.stopDrain().plusSeconds(1),
                                () -> all(part -> part.drain(node.stopDrain()))),
                        new StopOrder.Step("audit", FLUSH_AT_MOST, () -> all(part -> part.flush(FLUSH_AT_MOST))),
                        new StopOrder.Step("left the cluster", node.stopLeave(), this::left),
                        new StopOrder.Step("snapshot", Duration.ofSeconds(2), () -> all(Part::save)),
                        new StopOrder.Step("data plane", Duration.ofSeconds(3), () -> {
                            parts.forEach(Part::close);
                            return data.terminate();
                        })),
                STOP_AT_MOST);
        if (well) {
            // Nothing of it writes any more, and another process may use the files.
            data.dataDir().close();
        }
        return well;
    }

    /** Stops the node on SIGTERM or SIGINT, and ends the process with 0 on success. */
    public void stopWithTheProcess() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            boolean well = stop();
                            data.meters().close();
                            data.dataDir().close();
                            if (LoggerFactory.getILoggerFactory()
                                    instanceof ch.qos.logback.classic.LoggerContext logs) {
                                logs.stop();
                            }
                            // Otherwise the process exits with 143 after SIGTERM, whatever was done here.
                            Runtime.getRuntime().halt(well ? 0 : 1);
                        },
                        "stop"));
    }

    /** All parts concurrently; completes when each has. */
    private CompletionStage<Void> all(Function<Part, CompletionStage<Done>> step) {
        return CompletableFuture.allOf(parts.stream()
                .map(part -> step.apply(part).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private CompletionStage<Done> left() {
        CompletableFuture<Done> left = new CompletableFuture<>();
        supervisor.tell(new ControlSupervisor.Stop(left));
        return left;
    }

    private static CompletionStage<Done> passed(Duration time) {
        return new CompletableFuture<Done>()
                .completeOnTimeout(Done.getInstance(), time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
