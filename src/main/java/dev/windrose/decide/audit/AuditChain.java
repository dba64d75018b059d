package dev.windrose.decide.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Links entries by hashes, and locates tampering in a chain.
 *
 * <p>Each hash covers the previous one, so changing, removing, adding or swapping entries within a chain invalidates
 * all later hashes. Anyone who can write to the database can still truncate the chain, or rewrite all of it: to detect
 * that, keep the newest hash elsewhere from time to time.
 */
public final class AuditChain {

    /** Stands for the hash before the first entry. */
    public static final String START = "0".repeat(64);

    /**
     * The known extent of a chain.
     *
     * @param first number of the oldest entry; above 1 where older ones have expired, or were removed
     * @param last number of the newest entry
     * @param hash of the newest entry
     */
    public record Seen(long first, long last, String hash) {}

    /** A trusted record of an earlier entry, kept elsewhere: its number and its hash. */
    public record Head(String chain, long sequence, String hash) {}

    /**
     * What a verification found.
     *
     * @param entries number of valid ones
     * @param wrong the first invalid one, and why; null when all are valid
     * @param chains the valid extent of each chain
     */
    public record Verified(long entries, @Nullable String wrong, Map<String, Seen> chains) {}

    /** The entry that follows one with that sequence number and hash. */
    public static AuditEntry next(String chain, long sequence, String previous, AuditEvent event) {
        return new AuditEntry(chain, sequence, event, previous, hash(chain, sequence, previous, event));
    }

    /**
     * Verifies all entries, those of each chain in order. The first entry of a chain may be in its middle, where older
     * ones have expired.
     *
     * @param heads trusted records that must match
     */
    public static Verified verify(Iterator<AuditEntry> entries, Collection<Head> heads) {
        Map<String, AuditEntry> last = new HashMap<>();
        Map<String, Seen> seen = new TreeMap<>();
        Set<Head> missing = new LinkedHashSet<>(heads);
        long right = 0;
        while (entries.hasNext()) {
            AuditEntry entry = entries.next();
            String wrong = wrong(last.get(entry.chain()), entry);
            if (wrong != null) {
                return new Verified(right, where(entry.chain(), entry.sequence()) + wrong, seen);
            }
            last.put(entry.chain(), entry);
            Seen before = seen.get(entry.chain());
            long first = before == null ? entry.sequence() : before.first();
            seen.put(entry.chain(), new Seen(first, entry.sequence(), entry.hash()));
            missing.remove(new Head(entry.chain(), entry.sequence(), entry.hash()));
            right++;
        }
        for (Head head : missing) {
            return new Verified(
                    right, where(head.chain(), head.sequence()) + missing(head, seen.get(head.chain())), seen);
        }
        return new Verified(right, null, seen);
    }

    private static String where(String chain, long sequence) {
        return "chain " + chain + ", entry " + sequence + ": ";
    }

    private static String missing(Head head, @Nullable Seen seen) {
        if (seen == null) {
            return "was seen before, and the complete chain is missing here";
        }
        return head.sequence() > seen.last()
                ? "was seen before, and the chain ends with entry " + seen.last()
                : head.sequence() < seen.first()
                        ? "was seen before, and the chain begins with entry " + seen.first()
                        : "had another hash when it was seen before: the chain was rewritten";
    }

    private static @Nullable String wrong(@Nullable AuditEntry before, AuditEntry entry) {
        if (before != null && entry.sequence() != before.sequence() + 1) {
            return "follows entry " + before.sequence() + " (expected: entry " + (before.sequence() + 1) + ")";
        }
        if (before != null && !entry.previous().equals(before.hash())) {
            return "does not follow the hash of the previous entry";
        }
        if (entry.sequence() == 1 && !entry.previous().equals(START)) {
            return "is the first entry but refers to a previous one";
        }
        if (!entry.hash().equals(hash(entry.chain(), entry.sequence(), entry.previous(), entry.event()))) {
            return "was altered: its hash differs";
        }
        return null;
    }

    /** Each text is preceded by its length, so that no two entries have the same encoding. */
    private static String hash(String chain, long sequence, String previous, AuditEvent event) {
        MessageDigest digest = sha256();
        add(digest, previous);
        add(digest, chain);
        add(digest, Long.toString(sequence));
        add(digest, Long.toString(event.epochMs()));
        add(digest, event.who());
        add(digest, event.from());
        add(digest, event.requestId());
        add(digest, event.method());
        add(digest, event.path());
        add(digest, Integer.toString(event.status()));
        add(digest, event.target());
        add(digest, event.orderedBefore());
        add(digest, event.orderedAfter());
        add(digest, event.reason());
        add(digest, Long.toString(event.count()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, Map<String, String> fields) {
        add(digest, Integer.toString(fields.size()));
        fields.forEach((field, text) -> {
            add(digest, field);
            add(digest, text);
        });
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private AuditChain() {}
}
