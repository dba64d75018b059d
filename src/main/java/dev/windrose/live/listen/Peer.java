package dev.windrose.live.listen;

import io.github.bucket4j.Bucket;

/**
 * All connections of one address, and its behaviour. Times are ticks of {@link Connections}. Callers hold its lock,
 * except for {@link #answered} and the bucket.
 */
final class Peer {

    /** This many slow connections within {@link #WITHIN_BEATS}, and at least a quarter of the answers in that time. */
    static final int OFFENCES = 16;

    static final int ANSWERS_FOR_ONE = 4;
    static final int WITHIN_BEATS = Connections.beats(java.time.Duration.ofSeconds(10));

    final Bucket bucket;
    private final boolean trusted;
    private int connections = 0;
    private int unusedSince = 0;
    private int offences = 0;
    private int countedSince = 0;
    private int heldUntil = 0;
    private boolean held = false;
    /** Counted by many threads without synchronisation: small errors do not matter. */
    private int answers = 0;

    /** @param trusted represents many clients: never held */
    Peer(Bucket bucket, boolean trusted) {
        this.bucket = bucket;
        this.trusted = trusted;
    }

    boolean trusted() {
        return trusted;
    }

    int connections() {
        return connections;
    }

    void opened() {
        connections++;
    }

    void closed(int beat) {
        connections--;
        unusedSince = beat;
    }

    void answered() {
        answers++;
    }

    /**
     * One of its connections kept the node waiting.
     *
     * @param heldBeats how long new connections are held after too many slow ones; 0: not at all
     */
    void offended(int beat, int heldBeats) {
        if (beat - countedSince > WITHIN_BEATS) {
            countedSince = beat;
            offences = 0;
            answers = 0;
        }
        offences++;
        if (!trusted && heldBeats > 0 && offences >= OFFENCES && offences * ANSWERS_FOR_ONE > answers) {
            held = true;
            heldUntil = beat + heldBeats;
        }
    }

    /** Whether its new connections are currently held. */
    boolean held(int beat) {
        held = held && beat - heldUntil < 0;
        return held;
    }

    /** Whether it has no state worth keeping. */
    boolean forgettable(int beat) {
        return connections == 0 && beat - unusedSince > WITHIN_BEATS && !held(beat);
    }
}
