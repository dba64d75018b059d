package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What loses a merge is told: three regions with clocks of their own, each event delivered in the order of its region. */
class ConflictTest {

    private static final List<String> FIELDS = List.of("name", "status", "weights", "algorithm");
    private static final List<String> REGIONS = List.of("a", "b", "c");

    /** One region, its clock, and what it has heard. */
    private static final class Region {
        private final String name;
        private final long skewMs;
        private DefinitionState state = DefinitionState.EMPTY;
        private final Set<Change> heard = new HashSet<>();
        private final int[] taken = new int[REGIONS.size()];

        Region(String name, long skewMs) {
            this.name = name;
            this.skewMs = skewMs;
        }

        Change edit(Change.Kind kind, Map<String, String> fields, long now) {
            Stamp stamp = state.nextStamp(now + skewMs, name);
            Change change =
                    new Change(kind, fields, stamp, "tester", "", state.causes().heard(), null, null);
            take(change);
            return change;
        }

        void take(Change change) {
            state = state.after(change);
            heard.add(change);
        }
    }

    /** Regions that edit and hear of one another in any interleaving, until all have heard everything. */
    private static final class World {
        private final List<Region> regions = new ArrayList<>();
        private final List<List<Change>> written = new ArrayList<>();
        private final List<Change> all = new ArrayList<>();
        private final Map<Change, Set<Change>> knew = new HashMap<>();
        private long now = 1_000_000;

        World(long... skewsMs) {
            for (int i = 0; i < REGIONS.size(); i++) {
                regions.add(new Region(REGIONS.get(i), skewsMs[i]));
                written.add(new ArrayList<>());
            }
        }

        Change edit(int region, Change.Kind kind, Map<String, String> fields) {
            now += 10;
            Region here = regions.get(region);
            Set<Change> before = Set.copyOf(here.heard);
            Change change = here.edit(kind, fields, now);
            knew.put(change, before);
            written.get(region).add(change);
            all.add(change);
            return change;
        }

        boolean deliver(int to, int from) {
            Region there = regions.get(to);
            List<Change> events = written.get(from);
            if (to == from || there.taken[from] == events.size()) {
                return false;
            }
            there.take(events.get(there.taken[from]++));
            return true;
        }

        void deliverAll() {
            boolean more = true;
            while (more) {
                more = false;
                for (int to = 0; to < REGIONS.size(); to++) {
                    for (int from = 0; from < REGIONS.size(); from++) {
                        more |= deliver(to, from);
                    }
                }
            }
        }

        void random(Random random, int steps) {
            for (int i = 0; i < steps; i++) {
                int region = random.nextInt(REGIONS.size());
                if (random.nextInt(3) == 0) {
                    edit(random, region);
                } else {
                    deliver(region, random.nextInt(REGIONS.size()));
                }
            }
        }

        private void edit(Random random, int region) {
            Map<String, String> fields = new HashMap<>();
            for (String field : FIELDS) {
                if (random.nextBoolean()) {
                    fields.put(field, "text " + all.size() + " of " + field);
                }
            }
            boolean exists = regions.get(region).state.exists();
            if (!exists) {
                FIELDS.forEach(field -> fields.putIfAbsent(field, "made " + all.size()));
                edit(region, Change.Kind.CREATED, fields);
            } else if (random.nextInt(5) == 0) {
                edit(region, Change.Kind.REMOVED, Map.of());
            } else if (!fields.isEmpty()) {
                edit(region, Change.Kind.CHANGED, fields);
            }
        }
    }

    private static World world(Random random) {
        long[] skews = {0, random.nextInt(600_000) - 300_000L, random.nextInt(600_000) - 300_000L};
        World world = new World(skews);
        world.random(random, 60);
        return world;
    }

    @Test
    void regionsThatHeardTheSameToldTheSameConflicts() {
        Forall.cases(random -> {
            World world = world(random);
            world.deliverAll();
            DefinitionState first = world.regions.get(0).state;
            for (Region region : world.regions) {
                assertThat(region.state).isEqualTo(first);
            }
        });
    }

    @Test
    void everyAcknowledgedChangeIsInForceOrReplacedByOneThatKnewItOrTold() {
        Forall.cases(random -> {
            World world = world(random);
            world.deliverAll();
            DefinitionState state = world.regions.get(0).state;
            List<Conflict> told = Conflict.of(state);
            for (Change change : world.all) {
                for (String field : change.fields().keySet()) {
                    boolean known = world.all.stream()
                            .anyMatch(other -> world.knew.get(other).contains(change)
                                    && (other.fields().containsKey(field) || other.kind() == Change.Kind.REMOVED));
                    boolean inForce = state.exists()
                            && state.fields().get(field) != null
                            && state.fields().get(field).stamp().equals(change.stamp());
                    boolean isTold = told.stream()
                            .anyMatch(conflict -> conflict.stamp().equals(change.stamp())
                                    && conflict.fields().containsKey(field));
                    assertThat(isTold)
                            .as("%s of %s, known %s, in force %s", field, change, known, inForce)
                            .isEqualTo(!known && !inForce);
                }
            }
        });
    }

    @Test
    void historyNamesWhatSupersededAChangeThatIsTold() {
        Forall.cases(random -> {
            World world = world(random);
            world.deliverAll();
            Map<Stamp, Change> superseded = SupersededChanges.of(world.all);
            for (Conflict conflict : Conflict.of(world.regions.get(0).state)) {
                assertThat(superseded).as("%s", conflict).containsKey(conflict.stamp());
                Change by = superseded.get(conflict.stamp());
                Change lost = world.all.stream()
                        .filter(change -> change.stamp().equals(conflict.stamp()))
                        .findFirst()
                        .orElseThrow();
                assertThat(world.knew.get(by)).doesNotContain(lost);
            }
        });
    }

    @Test
    void aRegionMendedWithAStateKnowsItsConflictsToo() {
        Forall.cases(random -> {
            World world = world(random);
            DefinitionState own = world.regions.get(0).state;
            DefinitionState theirs = world.regions.get(1).state;
            List<Change> repair = Repair.changes(own, theirs, "windrose@a", "lacked");
            DefinitionState mended = own;
            for (Change change : repair) {
                mended = mended.after(change);
            }
            if (!repair.isEmpty()) {
                assertThat(mended).isEqualTo(own.merge(theirs));
            }
        });
    }

    @Test
    void theLaterRenameOfASlowClockIsTold() {
        World world = new World(300_000, 0, 0);
        world.edit(1, Change.Kind.CREATED, Map.of("name", "w", "status", "active"));
        world.deliverAll();
        Change early = world.edit(0, Change.Kind.CHANGED, Map.of("name", "of the fast clock"));
        Change late = world.edit(1, Change.Kind.CHANGED, Map.of("name", "of the right clock"));
        world.deliverAll();

        DefinitionState state = world.regions.get(2).state;
        assertThat(state.text("name")).isEqualTo("of the fast clock");
        assertThat(Conflict.of(state))
                .containsExactly(new Conflict(late.stamp(), Map.of("name", "of the right clock"), "", early.stamp()));
        world.edit(2, Change.Kind.CHANGED, Map.of("name", "of the right clock"));
        world.deliverAll();
        assertThat(Conflict.of(world.regions.get(0).state))
                .as("written again by somebody who knew both")
                .isEmpty();
    }

    @Test
    void aCreationThatARemovalOfAFastClockHidesIsTold() {
        World world = new World(300_000, 0, 0);
        world.edit(1, Change.Kind.CREATED, Map.of("name", "v"));
        world.deliverAll();
        Change removal = world.edit(0, Change.Kind.REMOVED, Map.of());
        world.edit(1, Change.Kind.REMOVED, Map.of());
        Change again = world.edit(1, Change.Kind.CREATED, Map.of("name", "v again"));
        world.deliverAll();

        DefinitionState state = world.regions.get(2).state;
        assertThat(state.exists()).isFalse();
        assertThat(Conflict.of(state))
                .containsExactly(new Conflict(again.stamp(), Map.of("name", "v again"), "created", removal.stamp()));
        world.edit(2, Change.Kind.ACKNOWLEDGED, Map.of());
        world.deliverAll();
        assertThat(Conflict.of(world.regions.get(1).state)).isEmpty();
    }

    @Test
    void anEditOfADefinitionThatWasRemovedElsewhereIsTold() {
        World world = new World(0, 0, 0);
        world.edit(1, Change.Kind.CREATED, Map.of("name", "v"));
        world.deliverAll();
        Change removal = world.edit(0, Change.Kind.REMOVED, Map.of());
        Change edit = world.edit(1, Change.Kind.CHANGED, Map.of("name", "later"));
        world.deliverAll();

        DefinitionState state = world.regions.get(2).state;
        assertThat(state.exists()).isFalse();
        assertThat(Conflict.of(state))
                .containsExactly(new Conflict(edit.stamp(), Map.of("name", "later"), "", removal.stamp()));
        assertThat(SupersededChanges.of(world.all)).containsEntry(edit.stamp(), removal);
    }

    @Test
    void regionsThatComeToTheSameFailoverHaveNoConflict() {
        World world = new World(0, 0, 0);
        world.edit(1, Change.Kind.CREATED, Map.of("name", "v"));
        world.deliverAll();
        world.edit(0, Change.Kind.FAILED_OVER, Map.of("failover.x", "out=true by a"));
        world.edit(1, Change.Kind.FAILED_OVER, Map.of("failover.x", "out=true by b"));
        world.deliverAll();
        assertThat(Conflict.of(world.regions.get(2).state)).isEmpty();
    }

    @Test
    void whatEarlierVersionsWroteIsNoConflict() {
        DefinitionState state = DefinitionState.EMPTY
                .after(new Change(Change.Kind.CREATED, Map.of("name", "x"), new Stamp(1, "a"), "", ""))
                .after(new Change(Change.Kind.CHANGED, Map.of("name", "y"), new Stamp(5, "b"), "", ""))
                .after(new Change(Change.Kind.CHANGED, Map.of("name", "z"), new Stamp(3, "a"), "", ""));
        assertThat(Conflict.of(state)).isEmpty();
        DefinitionState read = new DefinitionState(state.fields(), state.created(), state.removed());
        assertThat(Conflict.of(
                        read.after(new Change(Change.Kind.CHANGED, Map.of("name", "z"), new Stamp(3, "a"), "", ""))))
                .isEmpty();
    }
}
