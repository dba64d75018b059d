package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
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
    private static final Duration HALF_MINUTE = Duration.ofSeconds(30);

    private final RegionId self;
    private final Map<String, Long> since = new HashMap<>();
    private final ObservedHealth observed;

    public Eyes(RegionId self) {
        this.self = self;
        this.observed = new ObservedHealth(
                self,
                new HealthSettings(
                        Checks.DEFAULTS,
                        HALF_MINUTE,
                        HALF_MINUTE,
                        OBSERVER_AGE,
                        HALF_MINUTE,
                        HALF_MINUTE,
                        HALF_MINUTE,
                        false,
                        1000,
                        null,
                        null));
    }

    public void watch(Collection<Rule> rules, Collection<Region> regions) {
        observed.watch(rules, regions);
        observed.runs(observed.plan().checks().keySet());
    }

    public Map<String, CheckPlan.Check> checks() {
        return observed.plan().checks();
    }

    public void saw(CheckPlan.Check check, Reading reading, long nowMs) {
        HealthTrack before = observed.tracks().getOrDefault(check.id(), HealthTrack.NEW);
        HealthTrack after = before.after(reading, check.check(), nowMs);
        observed.believed(check.id(), after);
        if (before.status() != after.status()) {
            since.put(check.id(), nowMs);
        }
    }

    /** What the own checks say, {@link HealthStatus#UNKNOWN} when there were none. */
    public HealthStatus own(String checkId) {
        return observed.tracks().getOrDefault(checkId, HealthTrack.NEW).status();
    }

    /** What the other regions say that are heard of, by region. */
    public Map<String, HealthStatus> others(String checkId) {
        Map<String, HealthStatus> others = new TreeMap<>();
        observed.othersOn(checkId).forEach((region, seen) -> others.put(region, seen.status()));
        return others;
    }

    /** Milliseconds for which the own checks have said the same. */
    public long saidForMs(String checkId, long nowMs) {
        return nowMs - since.getOrDefault(checkId, nowMs);
    }

    /** The boards to tell the others, by bucket. */
    public Map<Integer, HealthBoard> boards(long sequence) {
        Map<Integer, Map<String, HealthBoard.Seen>> seen = new HashMap<>();
        observed.tracks()
                .forEach((id, track) -> seen.computeIfAbsent(HealthBoard.bucket(id), bucket -> new HashMap<>())
                        .put(id, new HealthBoard.Seen(track.status(), track.latencyMs(), track.successRate(), 0, "")));
        Map<Integer, HealthBoard> boards = new HashMap<>();
        seen.forEach((bucket, ids) -> boards.put(bucket, new HealthBoard(self.value(), sequence, ids, Map.of())));
        return boards;
    }

    public void heard(String node, Map<Integer, HealthBoard> boards, long nowMs) {
        boards.forEach((bucket, board) -> observed.heard(node, bucket, board, nanos(nowMs), nowMs));
    }

    public HealthPicture picture(long nowMs, long epochMs) {
        return observed.assess(Map::of, nanos(nowMs), epochMs);
    }

    private static long nanos(long ms) {
        return 1_000_000 * ms;
    }
}
