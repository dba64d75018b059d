package dev.windrose.boot;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TlsSection;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Doorkeeper;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.CertificateMeters;
import dev.windrose.watch.Meters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** One node: what starts after what, and what stops after what. */
public final class Node {

    /** Longest time from the signal to the end of the process. */
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(19);

    /** More than a batch takes to be written; what is not written then is in a file. */
    private static final Duration AUDIT_AT_MOST = Duration.ofSeconds(2);

    private static final Duration FILES_EVERY = Duration.ofSeconds(2);

    private final Settings settings;
    private final Consumer<String> say;
    private final DataDir dataDir;
    private final Meters meters;
    private final NodePools pools;
    private final DataPlane data;
    private final Control control;
    private final Authenticator access;
    private final ActorRef<ControlPlane.Command> supervisor;

    /**
     * Starts a node; returns when it answers decisions. The other regions are joined afterwards, and again and again.
     *
     * @param say prints one line for whoever started the node
     * @throws WrongSetting when the node cannot start as it is set, such as on a port in use
     */
    public static Node start(Settings settings, String version, Consumer<String> say) {
        return new Node(settings, version, say);
    }

    private Node(Settings settings, String version, Consumer<String> say) {
        NodeSettings node = settings.node();
        this.settings = settings;
        this.say = say;
        dataDir = DataDir.open(node.dataDir());
        meters = Meters.create(node.region().value(), node.host() + ":" + node.port(), version);
        pools = new NodePools(meters);
        data = DataPlane.start(settings, dataDir, pools, meters);
        control = new Control(settings, dataDir, data, meters, pools);
        try {
            access = AccessPart.start(
                    settings,
                    dataDir,
                    data.system(),
                    pools,
                    data.director()::catalog,
                    data.clock()::epochMs,
                    meters.registry(),
                    say);
            CertificateMeters certificates = new CertificateMeters(meters.registry());
            TlsFiles files = TlsPart.http(settings.of(TlsSection.HTTP).orElse(null), data.system(), pools.files, certificates);
            ServerTls tls = files == null ? null : new ServerTls(files);
            control.opens(access, tls, TlsPart.node(settings.of(TlsSection.NODE).orElse(null), data.system(), pools.files, certificates));
            if (access instanceof Doorkeeper doorkeeper) {
                doorkeeper.whenUsed(control::used);
            }
            data.listen(settings, tls, access, control, meters, version);
        } catch (WrongSetting e) {
            data.terminate();
            dataDir.close();
            throw e;
        }
        watchFiles();
        say.accept("windrose " + version + " of region " + node.region() + " answers on "
                + (settings.of(TlsSection.HTTP).orElse(null) == null ? "http://" : "https://")
                + settings.of(HttpSection.HTTP).host() + ":" + data.port());
        supervisor = supervised();
        TlsFiles between = control.nodeTls();
        if (between != null) {
            between.whenRead(() -> supervisor.tell(ControlPlane.Start.INSTANCE));
        }
    }

    /** Tells when the directory of this node's files is gone, or cannot be written, and when it is there again. */
    private void watchFiles() {
        ActorSystem<?> system = data.system();
        system.scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        FILES_EVERY,
                        () -> {
                            dataDir.look();
                            control.look();
                            meters.alarms().set(Alarms.Kind.FILES, "data-dir", dataDir.problem());
                        },
                        system.dispatchers().lookup(DispatcherSelector.blocking()));
    }

    private ActorRef<ControlPlane.Command> supervised() {
        NodeSettings node = settings.node();
        ActorSystem<?> system = data.system();
        AtomicInteger starts = meters.registry().gauge(Meters.CONTROL_STARTS, new AtomicInteger());
        ControlPlane.Launcher launcher = () -> {
            String problem = dataDir.problem();
            if (problem != null) {
                return CompletableFuture.failedFuture(new IllegalStateException(problem));
            }
            starts.incrementAndGet();
            return ControlSystem.launch(settings, control, pools.control);
        };
        Backoff backoff = new Backoff(
                node.restartAfter(), node.restartAfterAtMost(), node.restartJitter(), node.recoveredAfter());
        return system.systemActorOf(
                ControlPlane.create(
                        launcher, backoff, () -> ThreadLocalRandom.current().nextDouble()),
                "control-plane",
                Props.empty());
    }

    /** Stops the node in good order: not ready, no new requests, the ones in flight, the cluster, the snapshot. */
    public boolean stop() {
        NodeSettings node = settings.node();
        StopOrder order = new StopOrder(System::nanoTime, say);
        boolean well = order.run(
                List.of(
                        new StopOrder.Step("not ready", node.stopNotice().plusSeconds(1), () -> {
                            data.notReady();
                            control.notReady();
                            return passed(node.stopNotice());
                        }),
                        new StopOrder.Step(
                                "requests in flight",
                                node.stopDrain().plusSeconds(1),
                                () -> data.drain(node.stopDrain())
                                        .thenCombine(control.drain(node.stopDrain()), (api, management) -> api)),
                        new StopOrder.Step("audit", AUDIT_AT_MOST, () -> data.closeAudit(AUDIT_AT_MOST, say)),
                        new StopOrder.Step("left the cluster", node.stopLeave(), this::left),
                        new StopOrder.Step("snapshot", Duration.ofSeconds(2), data::snapshot),
                        new StopOrder.Step("data plane", Duration.ofSeconds(3), data::terminate)),
                STOP_AT_MOST);
        if (well) {
            // Nothing of it writes any more, and another may have the files.
            dataDir.close();
        }
        return well;
    }

    /** Stops the node when the process gets SIGTERM or SIGINT, and ends the process with 0 when that went well. */
    public void stopWithTheProcess() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            boolean well = stop();
                            meters.close();
                            dataDir.close();
                            if (LoggerFactory.getILoggerFactory()
                                    instanceof ch.qos.logback.classic.LoggerContext logs) {
                                logs.stop();
                            }
                            // Without this the process ends with 143 after SIGTERM, whatever was done here.
                            Runtime.getRuntime().halt(well ? 0 : 1);
                        },
                        "stop"));
    }

    private CompletionStage<Done> left() {
        CompletableFuture<Done> left = new CompletableFuture<>();
        supervisor.tell(new ControlPlane.Stop(left));
        return left;
    }

    private static CompletionStage<Done> passed(Duration time) {
        return new CompletableFuture<Done>()
                .completeOnTimeout(Done.getInstance(), time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
