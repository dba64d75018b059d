package dev.windrose.live.definition;

import dev.windrose.decide.definition.Conflict;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports unintended results of merges: acknowledged changes that are not in force, and definitions that became
 * invalid. Safe for all threads.
 */
final class MergeWatch {

    private static final Logger LOG = LoggerFactory.getLogger(MergeWatch.class);

    /** The alarm lasts a day; the conflict stays in answers and in the history. */
    private static final Duration ALARM_FOR = Duration.ofHours(24);

    private static final int NAMED_AT_MOST = 5;

    /** The single source of the alarm: definitions are too many to be sources. */
    private static final String SOURCE = "definitions";

    private final HealthCheck defaults;
    private final LongSupplier epochMs;
    private final DefinitionMeters meters;
    private final Map<DefinitionKey, Conflict> conflicts = new TreeMap<>();
    private final Map<DefinitionKey, List<String>> invalid = new TreeMap<>();

    MergeWatch(HealthCheck defaults, LongSupplier epochMs, DefinitionMeters meters) {
        this.defaults = defaults;
        this.epochMs = epochMs;
        this.meters = meters;
    }

    synchronized void heard(Map<DefinitionKey, DefinitionState> states) {
        states.forEach((key, state) -> {
            List<Conflict> found = Conflict.of(state);
            if (found.isEmpty()) {
                conflicts.remove(key);
            } else {
                conflict(key, found.get(0));
            }
            check(key, state);
        });
        meters.conflicts(conflicts.size());
        meters.invalid(invalid.size());
        alarm();
    }

    private void conflict(DefinitionKey key, Conflict newest) {
        Conflict before = conflicts.put(key, newest);
        if (!newest.equals(before)) {
            LOG.warn(
                    "change of [{}] made in region [{}] at [{}] is superseded by a concurrent one of region [{}]",
                    key.entityId(),
                    newest.stamp().region(),
                    newest.stamp().epochMs(),
                    newest.by().region());
        }
    }

    private void check(DefinitionKey key, DefinitionState state) {
        List<String> problems = DefinitionChecks.problems(key, state, defaults);
        List<String> before = problems.isEmpty() ? invalid.remove(key) : invalid.put(key, problems);
        if (!problems.isEmpty() && !problems.equals(before)) {
            LOG.warn("definition [{}] is invalid after a merge, [{}]", key.entityId(), problems);
        }
    }

    /** Also called periodically, so that the alarm ends by itself. */
    synchronized void alarm() {
        long since = epochMs.getAsLong() - ALARM_FOR.toMillis();
        List<DefinitionKey> fresh = conflicts.entrySet().stream()
                .filter(each -> Math.max(
                                each.getValue().stamp().epochMs(),
                                each.getValue().by().epochMs())
                        > since)
                .map(Map.Entry::getKey)
                .toList();
        String named = String.join(
                ", ",
                fresh.stream().limit(NAMED_AT_MOST).map(DefinitionKey::entityId).toList());
        meters.alarms()
                .set(
                        Alarms.Kind.CONFLICT,
                        SOURCE,
                        fresh.isEmpty()
                                ? null
                                : "acknowledged changes lost a merge to concurrent ones: " + named
                                        + (fresh.size() > NAMED_AT_MOST ? " and more" : "")
                                        + "; see GET /api/v1/conflicts, redo the changes that you want, or acknowledge with"
                                        + " DELETE /api/v1/conflicts/{definition}");
    }
}
