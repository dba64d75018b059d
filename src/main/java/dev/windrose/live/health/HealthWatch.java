package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.member.WorkAssignment;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Owns this node's knowledge of health: runs its share of the checks, takes reports, receives the boards of other
 * nodes, and publishes the assessment that the table is compiled from.
 *
 * <p>Lives in the data plane. Without the control plane it checks every target itself and relies on its own results.
 */
public final class HealthWatch extends AbstractBehavior<HealthWatch.Command> {

    public sealed interface Command {}

    /** Replaces the watched rules and regions. */
    public record Watch(Collection<Rule> rules, Collection<Region> regions) implements Command {
        public Watch {
            rules = List.copyOf(rules);
            regions = List.copyOf(regions);
        }
    }

    /** An external report. */
    public record Reported(HealthReport report) implements Command {}

    /** Reports from before the restart, with their ages. */
    public record Remembered(List<HealthPicture.Reported> reports) implements Command {
        public Remembered {
            reports = List.copyOf(reports);
        }
    }

    /** The nodes of this region that share the checks, this one included. */
    public record Peers(String self, Set<String> nodes) implements Command {}

    /** The content of another node's board. */
    public record BoardHeard(String node, int bucket, HealthBoard board) implements Command {}

    /** Another node's heartbeat. */
    public record BeatHeard(String node, String region) implements Command {}

    /** Boards are sent there from now on. */
    public record Connected(ActorRef<HealthExchange.Command> exchange) implements Command {}

    /** No exchange is connected any more. */
    public record Disconnected(ActorRef<HealthExchange.Command> exchange) implements Command {}

    /**
     * Requests the observations of all observers.
     *
     * @param rule selects a rule, or null for all
     * @param region selects a region, or null for all
     * @param seen completed with the answer
     */
    public record Look(
            @Nullable RuleId rule, @Nullable RegionId region, int offset, int limit, CompletableFuture<Looked> seen)
            implements Command {}

    /**
     * The observations of all observers.
     *
     * @param total number of rows without {@code offset} and {@code limit}
     */
    public record Looked(HealthMatrix matrix, int total) {}

    private record Believed(Prober.Believed news) implements Command {}

    private enum Draw implements Command {
        INSTANCE
    }

    private enum Refresh implements Command {
        INSTANCE
    }

    /**
     * The watch of one node.
     *
     * @param runner runs the checks
     * @param outcomes client-reported outcomes since the start
     * @param epochMs wall time agreed by most nodes: overrides expire by it
     * @param listener receives every assessment
     */
    public static Behavior<Command> create(
            RegionId self,
            HealthSettings settings,
            Prober.Runner runner,
            Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> outcomes,
            HealthMeters meters,
            LongSupplier epochMs,
            Consumer<HealthPicture> listener) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new HealthWatch(context, timers, self, settings, runner, outcomes, meters, epochMs, listener)));
    }

    /**
     * Maximum number of simultaneous changes that are logged individually: a lost region affects thousands of targets.
     */
    private static final int CHANGES_SHOWN = 20;

    private final TimerScheduler<Command> timers;
    private final HealthSettings settings;
    private final Prober.Runner runner;
    private final Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> outcomes;
    private final HealthMeters meters;
    private final LongSupplier epochMs;
    private final Consumer<HealthPicture> listener;
    private final Map<RegionId, ActorRef<RegionHealth.Command>> regions = new HashMap<>();
    private final ObservedHealth observed;
    private final OwnBoards boards;

    private Set<String> nodes = Set.of("");
    private String node = "";
    private HealthPicture picture = HealthPicture.EMPTY;
    private boolean drawDue = false;
    private long lastDrawnNanos;

    private HealthWatch(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            HealthSettings settings,
            Prober.Runner runner,
            Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> outcomes,
            HealthMeters meters,
            LongSupplier epochMs,
            Consumer<HealthPicture> listener) {
        super(context);
        context.setLoggerName(HealthWatch.class);
        this.timers = timers;
        this.settings = settings;
        this.runner = runner;
        this.outcomes = outcomes;
        this.meters = meters;
        this.epochMs = epochMs;
        this.listener = listener;
        this.observed = new ObservedHealth(self, settings);
        this.boards = new OwnBoards(self.value(), settings.reportAge());
        this.lastDrawnNanos = System.nanoTime() - settings.publishEvery().toNanos();
        timers.startTimerWithFixedDelay(Refresh.INSTANCE, settings.refreshEvery());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Believed.class, this::onBelieved)
                .onMessage(Watch.class, this::onWatch)
                .onMessage(Reported.class, this::onReported)
                .onMessage(Remembered.class, this::onRemembered)
                .onMessage(Peers.class, this::onPeers)
                .onMessage(BoardHeard.class, this::onBoardHeard)
                .onMessage(BeatHeard.class, this::onBeatHeard)
                .onMessage(Connected.class, this::onConnected)
                .onMessage(Disconnected.class, this::onDisconnected)
                .onMessage(Look.class, this::onLook)
                .onMessageEquals(Draw.INSTANCE, this::onDraw)
                .onMessageEquals(Refresh.INSTANCE, this::onRefresh)
                .build();
    }

    private Behavior<Command> onWatch(Watch watch) {
        observed.watch(watch.rules(), watch.regions());
        divide();
        drawSoon();
        return this;
    }

    private Behavior<Command> onPeers(Peers peers) {
        node = peers.self();
        nodes = peers.nodes();
        divide();
        return this;
    }

    /** Assigns this node's share of the checks to each region's actor. */
    private void divide() {
        Map<RegionId, Map<String, CheckPlan.Check>> mine = new HashMap<>();
        observed.plan().checks().forEach((id, check) -> {
            if (WorkAssignment.takes(node, nodes, id)) {
                mine.computeIfAbsent(check.region(), region -> new HashMap<>()).put(id, check);
            }
        });
        Set<String> taken = new HashSet<>();
        mine.values().forEach(checks -> taken.addAll(checks.keySet()));
        observed.runs(taken);
        boards.retain(taken);
        meters.targets(taken.size(), observed.plan().leftOut());
        mine.keySet().forEach(region -> regions.computeIfAbsent(region, this::regionHealth));
        regions.entrySet().removeIf(region -> {
            Map<String, CheckPlan.Check> checks = mine.getOrDefault(region.getKey(), Map.of());
            if (checks.isEmpty()) {
                getContext().stop(region.getValue());
            } else {
                region.getValue().tell(new RegionHealth.Check(checks));
            }
            return checks.isEmpty();
        });
    }

    private ActorRef<RegionHealth.Command> regionHealth(RegionId region) {
        ActorRef<Command> watch = getContext().getSelf();
        return getContext().spawnAnonymous(RegionHealth.create(runner, meters, news -> watch.tell(new Believed(news))));
    }

    private Behavior<Command> onBelieved(Believed believed) {
        Prober.Believed news = believed.news();
        if (!observed.plan().checks().containsKey(news.check().id())) {
            return this;
        }
        if (observed.believed(news.check().id(), news.track())) {
            drawSoon();
        }
        boards.seen(news.check().id(), news.track(), news.cause(), System.currentTimeMillis());
        return this;
    }

    private Behavior<Command> onReported(Reported reported) {
        HealthReport report = reported.report();
        observed.reported(report, System.nanoTime(), System.currentTimeMillis());
        if (report.ageMs() == 0) {
            boards.told(report, System.nanoTime());
        }
        drawSoon();
        return this;
    }

    private Behavior<Command> onRemembered(Remembered remembered) {
        observed.remembered(remembered.reports(), System.nanoTime(), System.currentTimeMillis());
        drawSoon();
        return this;
    }

    private Behavior<Command> onBoardHeard(BoardHeard heard) {
        observed.heard(heard.node(), heard.bucket(), heard.board(), System.nanoTime(), System.currentTimeMillis());
        drawSoon();
        return this;
    }

    private Behavior<Command> onBeatHeard(BeatHeard beat) {
        observed.beat(beat.node(), beat.region(), System.nanoTime());
        return this;
    }

    private Behavior<Command> onConnected(Connected connected) {
        boards.connect(connected.exchange());
        return this;
    }

    private Behavior<Command> onDisconnected(Disconnected disconnected) {
        if (boards.disconnect(disconnected.exchange())) {
            node = "";
            nodes = Set.of("");
            divide();
        }
        return this;
    }

    private Behavior<Command> onLook(Look look) {
        Set<String> wanted = observed.plan().checksOf(look.rule(), look.region());
        Set<String> page =
                wanted.stream().skip(look.offset()).limit(look.limit()).collect(Collectors.toSet());
        look.seen()
                .complete(new Looked(
                        observed.matrix(page, boards, node, System.nanoTime(), epochMs.getAsLong()), wanted.size()));
        return this;
    }

    private void drawSoon() {
        if (!drawDue) {
            drawDue = true;
            long waitNanos = settings.publishEvery().toNanos() - (System.nanoTime() - lastDrawnNanos);
            if (waitNanos <= 0) {
                getContext().getSelf().tell(Draw.INSTANCE);
            } else {
                timers.startSingleTimer(Draw.INSTANCE, Duration.ofNanos(waitNanos));
            }
        }
    }

    private Behavior<Command> onDraw() {
        drawDue = false;
        draw();
        boards.publish(System.nanoTime());
        return this;
    }

    private Behavior<Command> onRefresh() {
        draw();
        boards.publish(System.nanoTime());
        return this;
    }

    private void draw() {
        long now = System.nanoTime();
        lastDrawnNanos = now;
        HealthPicture next = observed.assess(outcomes, now, epochMs.getAsLong());
        meters.observers(observed.liveObservers());
        HealthPicture before = picture;
        picture = next;
        log(before, next);
        listener.accept(next);
    }

    /** One line for each target whose status changed, with the previous status, the source, and the cause. */
    private void log(HealthPicture before, HealthPicture next) {
        List<String> changes = next.changedFrom(before, this::cause);
        changes.stream()
                .limit(CHANGES_SHOWN)
                .forEach(change -> getContext().getLog().info(change));
        if (changes.size() > CHANGES_SHOWN) {
            getContext().getLog().info("and of [{}] more targets", changes.size() - CHANGES_SHOWN);
        }
    }

    /** Why a target is not healthy by this node's own checks; empty when it is. */
    private String cause(RuleId rule, RegionId region) {
        return observed.plan().byRule().getOrDefault(rule, Map.of()).getOrDefault(region, List.of()).stream()
                .flatMap(place -> place.looks().stream())
                .map(look -> boards.of(look.checkId()))
                .filter(seen -> seen != null && !seen.cause().isEmpty())
                .map(HealthBoard.Seen::cause)
                .findFirst()
                .orElse("");
    }
}
