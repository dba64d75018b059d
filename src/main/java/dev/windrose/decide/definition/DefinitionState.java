package dev.windrose.decide.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One definition (a rule, a geographic rule, a region or a key), as far as this region has received its changes.
 *
 * <p>Applying the same set of changes in any order, any number of times, gives the same state, and so does merging
 * states. This is the complete contract between regions; {@code DefinitionStateTest} verifies it.
 *
 * @param fields the newest text received for each field, by wire name; ordered, so that equal states have equal texts
 * @param created the newest creation received
 * @param removed the newest removal received: the tombstone
 * @param causes the causal context; not part of the revision. Null, as written by versions before 2, is derived from
 *     the stamps
 */
public record DefinitionState(
        Map<String, Entry> fields,
        @Nullable Stamp created,
        @Nullable Stamp removed,
        CausalContext causes) {

    /*
     * Each field is a last-writer-wins register. A removal hides everything stamped at or before it, so hidden texts
     * are dropped and a removed definition costs two stamps. What was edited elsewhere after the removal is kept until
     * the next one, because the creation that makes it visible again may still be in transit; a creation sets every
     * field, so nothing of the earlier life shows through. DefinitionChecks bounds the number of fields.
     */

    /** The newest text received for one field, and the stamp that made it win. */
    public record Entry(String text, Stamp stamp) {}

    private static final Stamp AT_LAST = new Stamp(Long.MAX_VALUE, "");

    public static final DefinitionState EMPTY = new DefinitionState(Map.of(), null, null, CausalContext.NONE);

    public DefinitionState {
        fields = Collections.unmodifiableMap(new TreeMap<>(fields));
        // What an earlier version wrote has none.
        causes = causes == null ? CausalContext.unknown(fields, created, removed) : causes;
    }

    /** A state without causal history. */
    public DefinitionState(Map<String, Entry> fields, @Nullable Stamp created, @Nullable Stamp removed) {
        this(fields, created, removed, CausalContext.unknown(fields, created, removed));
    }

    /** The parts that others than its actor need: without the completed requests, of which there may be many. */
    public DefinitionState withoutRequests() {
        return causes.done().isEmpty()
                ? this
                : new DefinitionState(
                        fields,
                        created,
                        removed,
                        new CausalContext(causes.heard(), causes.replaced(), causes.lost(), List.of()));
    }

    /** The state that an edit would leave, as if it won over everything received so far. */
    public DefinitionState edited(Change.Kind kind, Map<String, String> texts) {
        return after(new Change(kind, texts, AT_LAST, "", ""));
    }

    /** Whether the definition exists: created, and not removed since. */
    public boolean exists() {
        return created != null && (removed == null || created.compareTo(removed) > 0);
    }

    /** The text of a field, or null when it was never set. */
    public @Nullable String text(String field) {
        Entry entry = fields.get(field);
        return entry == null ? null : entry.text();
    }

    /** The stamp of the newest text of a field, or null when it was never set. */
    public @Nullable Stamp stamp(String field) {
        Entry entry = fields.get(field);
        return entry == null ? null : entry.stamp();
    }

    /**
     * The stamp for a change made now in a region. It wins over everything received, and is later than any that the
     * region has issued before, also for changes that set no text.
     */
    public Stamp nextStamp(long nowMs, String region) {
        Long own = causes.heard().get(region);
        return Stamp.next(nowMs, region, Stamp.later(heard(), own == null ? null : new Stamp(own, region)));
    }

    /** The newest stamp received for anything in this definition, or null when nothing was received. */
    public @Nullable Stamp heard() {
        Stamp newest = Stamp.later(created, removed);
        for (Entry entry : fields.values()) {
            newest = Stamp.later(newest, entry.stamp());
        }
        return newest;
    }

    /**
     * Identifies this state: 16 hex digits, the same in every region that has received the same changes. Serves as
     * entity tag and as the hash that regions compare.
     */
    public String revision() {
        MessageDigest digest = sha256();
        digest.update((stampText(created) + "\n" + stampText(removed)).getBytes(StandardCharsets.UTF_8));
        fields.forEach((field, entry) -> digest.update(("\n" + field + "\n" + stampText(entry.stamp()) + "\n"
                        + entry.text().length() + "\n" + entry.text())
                .getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** This state after one change. */
    public DefinitionState after(Change change) {
        Map<String, Entry> changed = new HashMap<>();
        change.fields().forEach((field, text) -> changed.put(field, new Entry(text, change.stamp())));
        return merge(new DefinitionState(
                changed,
                change.kind() == Change.Kind.CREATED ? change.stamp() : null,
                change.kind() == Change.Kind.REMOVED ? change.stamp() : null,
                CausalContext.of(change)));
    }

    /** Merges everything received by either. Commutative, associative, idempotent. */
    public DefinitionState merge(DefinitionState other) {
        Stamp newestRemoval = Stamp.later(removed, other.removed);
        Map<String, Entry> merged = new HashMap<>(fields);
        other.fields.forEach((field, entry) -> merged.merge(field, entry, DefinitionState::newer));
        if (newestRemoval != null) {
            merged.values().removeIf(entry -> entry.stamp().compareTo(newestRemoval) <= 0);
        }
        Stamp newestCreation = Stamp.later(created, other.created);
        CausalContext known = CausalContext.merged(this, other, merged, newestCreation, newestRemoval);
        return new DefinitionState(merged, newestCreation, newestRemoval, known);
    }

    private static String stampText(@Nullable Stamp stamp) {
        return stamp == null ? "-" : stamp.epochMs() + "@" + stamp.region();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Entry newer(Entry a, Entry b) {
        int order = a.stamp().compareTo(b.stamp());
        if (order == 0) {
            // One stamp with two texts cannot come from correct writers; every region resolves it alike.
            return a.text().compareTo(b.text()) >= 0 ? a : b;
        }
        return order > 0 ? a : b;
    }
}
