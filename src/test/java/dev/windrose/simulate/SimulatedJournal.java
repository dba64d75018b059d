package dev.windrose.simulate;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Repair;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The journal of one region and what follows from it: what regions tell each other of rules, and in which order. */
final class SimulatedJournal {

    /**
     * One event.
     *
     * @param number of the event among those of its origin for that definition, from 1
     */
    record Event(String entity, int origin, long number, Change change) {}

    /** What one region gives another: events of its own from a place on. */
    record Batch(int after, List<Event> events) {}

    /** A copy of the files, which may be put back later. */
    record Backup(List<Event> own, List<Event> others, Map<Integer, Integer> cursors) {}

    private static final int BATCH = 20;

    private record Source(String entity, int origin) {}

    private final int self;
    private final RegionId region;
    private final Planted planted;
    private final List<Event> own = new ArrayList<>();
    private final List<Event> others = new ArrayList<>();
    private final Map<Source, Long> newest = new HashMap<>();
    private final Map<Integer, Integer> cursors = new HashMap<>();
    private final Map<String, DefinitionState> states = new TreeMap<>();

    /** Events of its own that are on disk for good. */
    private int durable = 0;

    /** Events of its own that were given to others; what was given is put back after a loss. */
    private int given = 0;

    private long version = 0;
    private int crashes = 0;

    SimulatedJournal(int self, RegionId region, Planted planted) {
        this.self = self;
        this.region = region;
        this.planted = planted;
    }

    DefinitionState state(String entity) {
        return states.getOrDefault(entity, DefinitionState.EMPTY);
    }

    Map<String, DefinitionState> states() {
        return states;
    }

    /** Grows with every change of a state. */
    long version() {
        return version;
    }

    Change write(String entity, Change.Kind kind, Map<String, String> fields, long epochMs, String author) {
        Stamp heard = planted == Planted.NO_STAMP_AHEAD_OF_WHAT_WAS_HEARD
                ? null
                : state(entity).heard();
        Map<String, Long> seen =
                planted == Planted.SILENT_MERGES ? null : state(entity).causes().heard();
        Change change =
                new Change(kind, fields, Stamp.next(epochMs, region.value(), heard), author, "", seen, null, null);
        Event event = new Event(entity, self, newest(entity, self) + 1, change);
        own.add(event);
        apply(event);
        return change;
    }

    int crashes() {
        return crashes;
    }

    /** Everything that was written so far is on disk for good. */
    void sync() {
        durable = own.size();
    }

    Batch pull(int after) {
        List<Event> events = List.copyOf(own.subList(Math.min(after, own.size()), Math.min(own.size(), after + BATCH)));
        given = Math.max(given, after + events.size());
        return new Batch(after, events);
    }

    int cursor(int source) {
        return cursors.getOrDefault(source, 0);
    }

    /**
     * Takes what another region gave: only what continues what is known, each event once, none passed over.
     *
     * @param answers whether a definition answers that it has an event
     */
    void took(int source, Batch batch, BooleanSupplier answers) {
        if (batch.after() > cursor(source)) {
            return;
        }
        int at = batch.after();
        for (Event event : batch.events()) {
            long known = newest(event.entity(), event.origin());
            if (event.number() > known) {
                boolean taken = event.number() == known + 1 && answers.getAsBoolean();
                if (taken) {
                    others.add(event);
                    apply(event);
                } else if (planted != Planted.NO_ORDER) {
                    break;
                }
            }
            at++;
        }
        cursors.merge(source, at, Math::max);
    }

    /** The process ends; of what was not on disk for good any part is gone, but for what was given to others. */
    void crash(Random random) {
        crashes++;
        int written = durable + random.nextInt(own.size() - durable + 1);
        int kept = Math.max(written, planted == Planted.NO_PUT_BACK ? 0 : Math.min(given, own.size()));
        own.subList(kept, own.size()).clear();
        durable = kept;
        readAgain();
    }

    private void readAgain() {
        newest.clear();
        states.clear();
        own.forEach(this::apply);
        others.forEach(this::apply);
    }

    /** What is on disk for good now. */
    Backup backup() {
        return new Backup(
                List.copyOf(own.subList(0, Math.min(durable, own.size()))), List.copyOf(others), Map.copyOf(cursors));
    }

    /** The process ends, and its files are those of an old copy: numbers that others know will be given again. */
    void restore(Backup old) {
        crashes++;
        own.clear();
        own.addAll(old.own());
        others.clear();
        others.addAll(old.others());
        cursors.clear();
        cursors.putAll(old.cursors());
        durable = own.size();
        given = own.size();
        readAgain();
    }

    /** Records what another region has and this one lacks. */
    void repair(String entity, DefinitionState theirs) {
        for (Change change : Repair.changes(state(entity), theirs, "windrose@" + region, "repair")) {
            Event event = new Event(entity, self, newest(entity, self) + 1, change);
            own.add(event);
            apply(event);
        }
        sync();
    }

    private void apply(Event event) {
        newest.put(new Source(event.entity(), event.origin()), event.number());
        DefinitionState before = state(event.entity());
        states.put(event.entity(), after(before, event.change()));
        version++;
    }

    private DefinitionState after(DefinitionState before, Change change) {
        DefinitionState after = before.after(change);
        if (planted != Planted.NO_STAMP_COMPARISON) {
            return after;
        }
        Map<String, DefinitionState.Entry> fields = new HashMap<>(before.fields());
        change.fields().forEach((field, text) -> fields.put(field, new DefinitionState.Entry(text, change.stamp())));
        return new DefinitionState(fields, after.created(), after.removed());
    }

    /** The number of the newest event of a region for a definition; 0 when there is none. */
    long newest(String entity, int origin) {
        return newest.getOrDefault(new Source(entity, origin), 0L);
    }

    /** The newest stamp of a field, or null. */
    @Nullable
    Stamp stamp(String entity, String field) {
        DefinitionState.Entry entry = state(entity).fields().get(field);
        return entry == null ? null : entry.stamp();
    }
}
