package dev.windrose.decide.definition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The causal history of one definition: it distinguishes a change that was replaced knowingly from one that was lost.
 *
 * <p>Not part of the definition's content or revision, so regions whose version does not know it still agree with those
 * whose version does.
 *
 * @param heard the newest stamp received from each region, in ms since 1970
 * @param replaced for each field, up to which times of each region its writers, taken together, had received changes;
 *     {@link #LIFE} for creation and removal, {@link #ALL} for every field
 * @param lost texts hidden by a later stamp whose author did not know them; the newest {@link #LOST_AT_MOST}
 * @param done completed requests; the newest {@link #DONE_AT_MOST} with a key, and of the last minute the newest {@link
 *     #DONE_WITHOUT_KEY_AT_MOST} without
 */
public record CausalContext(
        Map<String, Long> heard, Map<String, Map<String, Long>> replaced, List<Lost> lost, List<Done> done) {

    /*
     * Each field is a multi-value register whose newest value is in force. A value that the writer knew is gone; one
     * that it did not know is kept as lost until someone who knows it writes the field. What writers knew is kept as
     * one version vector for each field. Writers only add to it, and what a vector covers never comes back, so states
     * merge in any order, any number of times. A region's changes of a definition are sequential with increasing
     * stamps, so one time stands for all before it.
     */

    /** The name of the field that a creation and a removal write; no field has it. */
    public static final String LIFE = "+";

    /** Stands for all fields; no field has it. */
    public static final String ALL = "*";

    /** Stands for all regions; no region has it. */
    private static final String ANYWHERE = "*";

    public static final int LOST_AT_MOST = 32;
    public static final int DONE_AT_MOST = 32;
    public static final int DONE_WITHOUT_KEY_AT_MOST = 16;
    public static final int TEXT_AT_MOST = 256;

    public static final CausalContext NONE = new CausalContext(Map.of(), Map.of(), List.of(), List.of());

    private static final Comparator<Lost> NEWEST_LOST =
            Comparator.comparing(Lost::stamp).reversed().thenComparing(Lost::field);
    private static final Comparator<Done> NEWEST_DONE = Comparator.comparing(Done::stamp)
            .reversed()
            .thenComparing(done -> done.request().id());

    /**
     * A text that was acknowledged and is not in force.
     *
     * @param field the field, or {@link #LIFE}, of which the text is {@code created} or {@code removed}
     * @param text cut at {@link #TEXT_AT_MOST} characters
     */
    public record Lost(String field, String text, Stamp stamp) {
        public Lost {
            text = text.length() <= TEXT_AT_MOST ? text : text.substring(0, TEXT_AT_MOST - 1) + "…";
        }
    }

    /** A completed request, and its kind. */
    public record Done(IdempotencyKey request, Change.@Nullable Kind kind, Stamp stamp) {}

    public CausalContext {
        heard = Map.copyOf(heard);
        replaced = Map.copyOf(replaced);
        lost = List.copyOf(lost);
        done = List.copyOf(done);
    }

    /**
     * For a state without causes, as versions before 2 wrote it: its writers count as having known everything before.
     */
    static CausalContext unknown(
            Map<String, DefinitionState.Entry> fields, @Nullable Stamp created, @Nullable Stamp removed) {
        Map<String, Long> heard = new HashMap<>();
        Map<String, Map<String, Long>> replaced = new HashMap<>();
        fields.forEach((field, entry) -> {
            heard.merge(entry.stamp().region(), entry.stamp().epochMs(), Math::max);
            replaced.put(field, before(entry.stamp()));
        });
        for (Stamp stamp : new Stamp[] {created, removed}) {
            if (stamp != null) {
                heard.merge(stamp.region(), stamp.epochMs(), Math::max);
                replaced.merge(LIFE, before(stamp), CausalContext::later);
            }
        }
        if (removed != null) {
            replaced.put(ALL, before(removed));
        }
        return new CausalContext(heard, replaced, List.of(), List.of());
    }

    /** Of one change alone. */
    static CausalContext of(Change change) {
        Map<String, Long> heard = Map.of(change.stamp().region(), change.stamp().epochMs());
        Map<String, Long> seen = change.seen() == null ? before(change.stamp()) : change.seen();
        Map<String, Map<String, Long>> replaced = new HashMap<>();
        if (change.causes() == null && !seen.isEmpty()) {
            change.fields().keySet().stream()
                    .filter(CausalContext::matters)
                    .forEach(field -> replaced.put(field, seen));
            if (change.kind() == Change.Kind.CREATED || change.kind() == Change.Kind.REMOVED) {
                replaced.put(LIFE, seen);
            }
            if (change.kind() == Change.Kind.REMOVED || change.kind() == Change.Kind.ACKNOWLEDGED) {
                replaced.put(ALL, seen);
            }
        }
        List<Done> done = change.request() == null
                ? List.of()
                : List.of(new Done(change.request(), change.kind(), change.stamp()));
        CausalContext own = new CausalContext(heard, replaced, List.of(), done);
        return change.causes() == null ? own : own.with(change.causes());
    }

    /** The combined knowledge of both; {@link #merged} determines what is lost. */
    private CausalContext with(CausalContext other) {
        Map<String, Map<String, Long>> both = new HashMap<>(replaced);
        other.replaced.forEach((field, vector) -> both.merge(field, vector, CausalContext::later));
        List<Lost> all = new ArrayList<>(lost);
        all.addAll(other.lost);
        List<Done> requests = new ArrayList<>(done);
        other.done.stream().filter(each -> !done.contains(each)).forEach(requests::add);
        return new CausalContext(later(heard, other.heard), both, all, remembered(requests));
    }

    /**
     * The requests that are still useful. Those with and without a key are counted separately: otherwise expired ones
     * could displace others, and the order of merges would matter.
     */
    private static List<Done> remembered(List<Done> requests) {
        if (requests.isEmpty()) {
            return requests;
        }
        requests.sort(NEWEST_DONE);
        long since = requests.get(0).stamp().epochMs() - ProposedEdit.REMEMBERED_WITHOUT_KEY.toMillis();
        List<Done> kept = new ArrayList<>();
        int keyed = 0;
        int bare = 0;
        for (Done each : requests) {
            boolean keep = each.request().keyed()
                    ? keyed++ < DONE_AT_MOST
                    : each.stamp().epochMs() >= since && bare++ < DONE_WITHOUT_KEY_AT_MOST;
            if (keep) {
                kept.add(each);
            }
        }
        return kept;
    }

    /** The combined knowledge of two states, merged into {@code fields}, {@code created} and {@code removed}. */
    static CausalContext merged(
            DefinitionState a,
            DefinitionState b,
            Map<String, DefinitionState.Entry> fields,
            @Nullable Stamp created,
            @Nullable Stamp removed) {
        CausalContext both = a.causes().with(b.causes());
        Map<String, Lost> lost = new HashMap<>();
        both.lost.forEach(each -> add(lost, each));
        for (DefinitionState state : new DefinitionState[] {a, b}) {
            state.fields().forEach((field, entry) -> add(lost, new Lost(field, entry.text(), entry.stamp())));
            if (state.created() != null) {
                add(lost, new Lost(LIFE, "created", state.created()));
            }
            if (state.removed() != null) {
                add(lost, new Lost(LIFE, "removed", state.removed()));
            }
        }
        Stamp life = Stamp.later(created, removed);
        List<Lost> settled = new ArrayList<>();
        for (Lost each : lost.values()) {
            DefinitionState.Entry entry = fields.get(each.field());
            Stamp inForce = each.field().equals(LIFE) ? life : entry == null ? null : entry.stamp();
            if (!each.stamp().equals(inForce) && both.open(each.field(), each.stamp())) {
                settled.add(each);
            }
        }
        settled.sort(NEWEST_LOST);
        return new CausalContext(
                both.heard,
                both.replaced,
                settled.size() <= LOST_AT_MOST ? settled : settled.subList(0, LOST_AT_MOST),
                both.done);
    }

    private static void add(Map<String, Lost> lost, Lost each) {
        // One stamp with two texts cannot come from correct writers; every region resolves it alike.
        lost.merge(
                each.field() + " " + each.stamp(),
                each,
                (one, other) -> one.text().compareTo(other.text()) >= 0 ? one : other);
    }

    /** Whether a text with that stamp, if it is not in force, was lost: no later writer of the field knew it. */
    boolean open(String field, Stamp stamp) {
        return matters(field)
                && !covers(replaced.getOrDefault(field, Map.of()), stamp)
                && !covers(replaced.getOrDefault(ALL, Map.of()), stamp);
    }

    /** Approximate size in a message, in characters. */
    public long size() {
        long vectors = 32L * heard.size();
        for (Map.Entry<String, Map<String, Long>> field : replaced.entrySet()) {
            vectors += field.getKey().length() + 32L * field.getValue().size();
        }
        long texts = lost.stream()
                .mapToLong(each -> 64 + each.field().length() + each.text().length())
                .sum();
        return vectors + texts + 160L * done.size();
    }

    /** The completed request with that id, or null when none is remembered. */
    public @Nullable Done done(String id) {
        for (Done each : done) {
            if (each.request().id().equals(id)) {
                return each;
            }
        }
        return null;
    }

    /** Whether a write of these fields resolves conflicts in them. */
    public boolean lost(Set<String> fields) {
        return lost.stream().anyMatch(each -> fields.contains(each.field()));
    }

    /** Whether a writer with that knowledge knew of the stamp. */
    static boolean covers(Map<String, Long> vector, Stamp stamp) {
        long known = Math.max(
                vector.getOrDefault(stamp.region(), Long.MIN_VALUE), vector.getOrDefault(ANYWHERE, Long.MIN_VALUE));
        return stamp.epochMs() <= known;
    }

    /** The knowledge of a writer that knew everything before a stamp. */
    static Map<String, Long> before(Stamp stamp) {
        return Map.of(ANYWHERE, stamp.epochMs() - 1);
    }

    /** Whether people write that field: regions that record the same failover at once do not conflict. */
    private static boolean matters(String field) {
        return !Fields.recordsFailover(field);
    }

    private static Map<String, Long> later(Map<String, Long> a, Map<String, Long> b) {
        if (a.equals(b) || b.isEmpty()) {
            return a;
        }
        Map<String, Long> later = new TreeMap<>(a);
        b.forEach((region, ms) -> later.merge(region, ms, Math::max));
        return later;
    }
}
