package dev.windrose.boot.part;

import akka.actor.typed.ActorRef;
import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.HealthSection;
import dev.windrose.boot.settings.ReachSettings;
import dev.windrose.boot.settings.Section;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.health.Outliers;
import dev.windrose.live.feed.Feed;
import dev.windrose.live.health.HealthExchange;
import dev.windrose.live.health.HealthSettings;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.health.Probe;
import dev.windrose.live.health.ProcessStalls;
import dev.windrose.live.health.StallAwareRunner;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Checks targets and assesses their health. */
public final class HealthPart implements Part {

    private static final Duration FILES_EVERY = Duration.ofSeconds(10);
    private static final Duration LOOK_AT_MOST = Duration.ofSeconds(3);

    private final SetOnce<DataPlane> plane = new SetOnce<>("health");
    private final SetOnce<ActorRef<HealthWatch.Command>> watch = new SetOnce<>("health watch");
    private final SetOnce<OutboundLoop> wires = new SetOnce<>("wires");
    private final Feed<HealthPicture> pictures = new Feed<>("pictures", HealthPicture.EMPTY);
    private volatile Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> outcomes = Map::of;

    @Override
    public List<Section<?>> settings() {
        return List.of(HealthSection.HEALTH, AccessSection.REACH);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        HealthSettings settings = data.settings().of(HealthSection.HEALTH);
        ReachSettings reach = data.settings().of(AccessSection.REACH);
        OutboundLoop connecting = wires.set(new OutboundLoop(
                "windrose-checks",
                data.pools().handshakes,
                new Outbound(reach.destinations(), data.pools().names, reach.lookUpEvery())));
        data.pools().all.turns(connecting.name(), connecting::stillNanos);
        Authorities authorities = new Authorities(settings.caFile(), settings.caDirectory());
        data.lookEvery(FILES_EVERY, authorities::look);
        Probe probe = new Probe(data.system(), connecting, authorities, data.pools().handshakes);
        HealthMeters meters = new HealthMeters(data.meters().registry());
        ProcessStalls stalls = new ProcessStalls(System::nanoTime);
        data.system()
                .classicSystem()
                .scheduler()
                .scheduleWithFixedDelay(
                        ProcessStalls.BEAT,
                        ProcessStalls.BEAT,
                        stalls::beat,
                        data.system().executionContext());
        watch.set(data.start(
                "health-watch",
                HealthWatch.create(
                        data.self(),
                        settings,
                        new StallAwareRunner(probe::run, stalls, meters),
                        () -> outcomes.get(),
                        meters,
                        data.clock()::epochMs,
                        pictures::publish)));
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        control.start(
                "health-exchange",
                part -> HealthExchange.create(
                        data.settings().of(HealthSection.HEALTH),
                        data.self(),
                        watch.get(),
                        control.replicator(),
                        part));
    }

    /** The current assessment. */
    HealthPicture picture() {
        return pictures.newest();
    }

    /** The feed of assessments. */
    Feed<HealthPicture> pictures() {
        return pictures;
    }

    /** The source of client-reported outcomes. Health starts before the table that counts them. */
    void outcomesFrom(Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> counted) {
        outcomes = counted;
    }

    /** Sends it what to check, or its earlier state. */
    void tell(HealthWatch.Command command) {
        watch.get().tell(command);
    }

    /** Receives an external report. */
    void report(HealthReport report) {
        tell(new HealthWatch.Reported(report));
    }

    /** The observations of all observers. */
    CompletionStage<HealthWatch.Looked> look(HealthWatch.Look look) {
        tell(look);
        return look.seen().orTimeout(LOOK_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The default check of rules. */
    HealthCheck defaults() {
        return plane.get().settings().of(HealthSection.HEALTH).check();
    }

    /** Whether draining a whole region needs the approval of a second person. */
    boolean secondApprover() {
        return plane.get().settings().of(HealthSection.HEALTH).secondApprover();
    }

    @Override
    public void close() {
        OutboundLoop open = wires.orNull();
        if (open != null) {
            open.close();
        }
    }
}
