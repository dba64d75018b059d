package dev.windrose.boot;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.live.tls.TlsFiles;
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
        control = new Control(settings, data, meters, pools);
        try {
            access = AccessPart.start(
                    settings, dataDir, data.system(), pools, data.director()::catalog, meters.registry(), say);
            CertificateMeters certificates = new CertificateMeters(meters.registry());
            TlsFiles files = TlsPart.http(settings.httpTls(), data.system(), pools.files, certificates);
            ServerTls tls = files == null ? null : new ServerTls(files);
            control.opens(access, tls, TlsPart.node(settings.nodeTls(), data.system(), pools.files, certificates));
            data.listen(settings, tls, access, control, meters, version);
        } catch (WrongSetting e) {
            data.terminate();
            dataDir.close();
            throw e;
        }
        say.accept("windrose " + version + " of region " + node.region() + " answers on "
                + (settings.httpTls() == null ? "http://" : "https://")
                + settings.http().host() + ":" + data.port());
        supervisor = supervised();
        TlsFiles between = control.nodeTls();
        if (between != null) {
            between.whenRead(() -> supervisor.tell(ControlPlane.Start.INSTANCE));
        }
    }

    private ActorRef<ControlPlane.Command> supervised() {
        NodeSettings node = settings.node();
        ActorSystem<?> system = data.system();
        AtomicInteger starts = meters.registry().gauge(Meters.CONTROL_STARTS, new AtomicInteger());
        ControlPlane.Launcher launcher = () -> {
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
                            return passed(node.stopNotice());
                        }),
                        new StopOrder.Step(
                                "requests in flight",
                                node.stopDrain().plusSeconds(1),
                                () -> data.drain(node.stopDrain())),
                        new StopOrder.Step("audit", Duration.ofSeconds(1), data::flushAudit),
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
