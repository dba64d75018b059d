package dev.windrose.live.journal;

import akka.actor.typed.ActorRef;
import dev.windrose.live.journal.JournalServer.Batch;
import dev.windrose.live.journal.JournalServer.Pull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Pulls that wait for an event: long polls, so that a new event reaches the other regions without their asking all the time. One
 * for each who asks, the newest. For one thread at a time.
 */
final class HeldPulls {

    private record Held(Pull pull, long sinceNanos) {}

    private final Map<ActorRef<Batch>, Held> held = new HashMap<>();

    void hold(Pull pull, long nowNanos) {
        held.put(pull.replyTo(), new Held(pull, nowNanos));
    }

    /** Removes those that {@code answer} has answered. */
    void removeIf(Predicate<Pull> answer) {
        held.values().removeIf(one -> answer.test(one.pull()));
    }

    /** Removes and returns all. */
    List<Pull> release() {
        List<Pull> all = held.values().stream().map(Held::pull).toList();
        held.clear();
        return all;
    }

    /** Removes and returns those that were held for longer than that, whose readers are owed an empty answer. */
    List<Pull> expire(Duration longerThan, long nowNanos) {
        List<Pull> expired = new ArrayList<>();
        held.values().removeIf(one -> {
            boolean late = nowNanos - one.sinceNanos() > longerThan.toNanos();
            if (late) {
                expired.add(one.pull());
            }
            return late;
        });
        return expired;
    }
}
