package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a node sees and hears of health, as {@link HealthWatch} keeps it, on a clock of the caller's and without an actor. */
public final class Eyes {

    private static final Duration OBSERVER_AGE = Duration.ofSeconds(10);

    private final RegionId self;
    private final Map<String, HealthTrack> tracks = new TreeMap<>();
    private final Map<String, Long> since = new HashMap<>();
    private final Observers observers;
    private final Reports reports = new Reports(Duration.ofSeconds(30), Duration.ofSeconds(20));
    private final PassiveWindow passive = new PassiveWindow(Duration.ofSeconds(30));
    private final Steady steady = new Steady(passive);
    private final Returns returns;
    private Watched watched = Watched.NOTHING;

    public Eyes(RegionId self) {
        this.self = self;
        this.observers = new Observers(self.value(), OBSERVER_AGE);
        this.returns = new Returns(self);
    }

    public void watch(Collection<Rule> rules, Collection<Region> regions) {
        watched = Watched.of(rules, regions, self, 1000);
        returns.retain(watched.rules().keySet());
        steady.retain(watched.rules().keySet(), watched.plan().checks().keySet());
        tracks.keySet().retainAll(watched.plan().checks().keySet());
    }

    public Map<String, CheckPlan.Check> checks() {
        return watched.plan().checks();
    }

    public void saw(CheckPlan.Check check, Reading reading, long nowMs) {
        HealthTrack before = tracks.getOrDefault(check.id(), HealthTrack.NEW);
        HealthTrack after = before.after(reading, check.check(), nowMs);
        tracks.put(check.id(), after);
        if (before.status() != after.status()) {
            since.put(check.id(), nowMs);
        }
    }

    /** What the own checks say, {@link HealthStatus#UNKNOWN} when there were none. */
    public HealthStatus own(String checkId) {
        return tracks.getOrDefault(checkId, HealthTrack.NEW).status();
    }

    /** What the other regions say that are heard of, by region. */
    public Map<String, HealthStatus> others(String checkId) {
        Map<String, HealthStatus> others = new TreeMap<>();
        observers.say(checkId).forEach((region, seen) -> others.put(region, seen.status()));
        return others;
    }

    /** Milliseconds for which the own checks have said the same. */
    public long saidForMs(String checkId, long nowMs) {
        return nowMs - since.getOrDefault(checkId, nowMs);
    }

    /** The boards to tell the others, by bucket. */
    public Map<Integer, HealthBoard> boards(long sequence) {
        Map<Integer, Map<String, HealthBoard.Seen>> seen = new HashMap<>();
        tracks.forEach((id, track) -> seen.computeIfAbsent(HealthBoard.bucket(id), bucket -> new HashMap<>())
                .put(id, new HealthBoard.Seen(track.status(), track.latencyMs(), track.successRate(), 0, "")));
        Map<Integer, HealthBoard> boards = new HashMap<>();
        seen.forEach((bucket, ids) -> boards.put(bucket, new HealthBoard(self.value(), sequence, ids, Map.of())));
        return boards;
    }

    public void heard(String node, Map<Integer, HealthBoard> boards, long nowMs) {
        boards.forEach((bucket, board) -> observers.heard(node, bucket, board, nanos(nowMs)));
    }

    public HealthPicture picture(long nowMs, long epochMs) {
        observers.at(nanos(nowMs));
        return new Picturing(
                        watched, tracks, observers, reports, passive, steady, returns, false, nanos(nowMs), epochMs)
                .draw();
    }

    private static long nanos(long ms) {
        return 1_000_000 * ms;
    }
}
