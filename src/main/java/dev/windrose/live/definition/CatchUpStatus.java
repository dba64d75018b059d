package dev.windrose.live.definition;

import dev.windrose.decide.definition.CatchUp;
import dev.windrose.decide.definition.DefinitionDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node has, since its control plane started, read the region's journal and caught up with the other
 * regions. Outlives the actors that determine it. Safe for all threads.
 */
public final class CatchUpStatus {

    private final Set<String> entities;
    private final DefinitionDigests digests;
    private final CatchUp catchUp;
    private final BooleanSupplier up;
    private final Supplier<Set<String>> present;
    private Set<String> aside = Set.of();
    private boolean awake = false;
    private boolean complete = false;

    /**
     * @param entities every definition of the journal at the start
     * @param others the other regions
     * @param up whether this node is a member that is Up
     * @param present the regions that have members in the cluster
     */
    CatchUpStatus(
            Set<String> entities,
            Set<String> others,
            DefinitionDigests digests,
            BooleanSupplier up,
            Supplier<Set<String>> present) {
        this.entities = Set.copyOf(entities);
        this.digests = digests;
        this.catchUp = new CatchUp(others, entities.isEmpty(), System.nanoTime());
        this.up = up;
        this.present = present;
    }

    /** Every readable definition of the journal was read. */
    synchronized void allAwake() {
        awake = true;
    }

    synchronized void aside(Set<String> definitions) {
        aside = Set.copyOf(definitions);
    }

    synchronized boolean hasTold(String region) {
        return catchUp.hasTold(region);
    }

    synchronized void told(String region, Map<String, DefinitionDigest> lacking) {
        catchUp.told(region, lacking, System.nanoTime());
        catchUp.look(digests::digest);
    }

    synchronized List<String> lacking(String region, Duration longerThan) {
        return catchUp.lacking(region, longerThan, System.nanoTime());
    }

    /** Removes what this node has by now. */
    synchronized void look() {
        catchUp.look(digests::digest);
    }

    synchronized void look(String entity) {
        catchUp.look(entity, digests.digest(entity));
    }

    synchronized void giveUp(String entity) {
        catchUp.giveUp(entity);
    }

    /** What is missing until this node knows all definitions; null when it does. */
    public synchronized @Nullable String missing() {
        if (!awake) {
            return "definitions are being read from the journal: " + digests.size() + " of " + entities.size();
        }
        if (!complete) {
            long lacking = entities.stream()
                    .filter(entity -> !digests.has(entity) && !aside.contains(entity))
                    .count();
            if (lacking > 0) {
                return "definitions of this region's journal are missing here: " + lacking;
            }
            complete = true;
        }
        return catchUp.missing(up.getAsBoolean(), present.get(), System.nanoTime());
    }
}
