package dev.windrose.live.board;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.typed.Cluster;
import dev.windrose.live.supervision.SupervisedActor;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries of which every node writes its own and reads those of the others. For one actor and in its thread.
 *
 * <p>An entry under this node's address that differs from its own was written before its restart, perhaps with a fast
 * clock; it is replaced, whatever its time. An entry of an address that is no longer a member is dropped after a while.
 *
 * @param <V> the content of one entry
 */
public final class NodeEntries<V> {

    private static final Logger LOG = LoggerFactory.getLogger(NodeEntries.class);

    /** Receives another node's entry; called only for changes. */
    public interface Hearing<V> {
        void heard(String key, String node, V value);
    }

    /** Ticks after which an own entry with different content is no longer just in transit. */
    private static final int CONTESTED = 3;

    private final Board<LWWMap<String, V>> board;
    private final SelfUniqueAddress address;
    private final String self;
    private final Cluster cluster;
    private final LongSupplier nanoTime;
    private final Duration dropAfter;
    private final Hearing<V> hearing;
    private final Map<Key<LWWMap<String, V>>, V> told = new HashMap<>();
    private final Map<Key<LWWMap<String, V>>, Map<String, V>> held = new HashMap<>();
    private final Map<Key<LWWMap<String, V>>, Integer> contested = new HashMap<>();
    private final Map<String, Long> goneSince = new HashMap<>();

    /** The entries of all nodes of the cluster. */
    public static ActorRef<Replicator.Command> ofCluster(ActorSystem<?> system) {
        return DistributedData.get(system).replicator();
    }

    /**
     * @param dropAfter how long entries of non-members are kept
     * @param wrap turns the replicator's messages into messages of the actor, which passes them to {@link #on}
     */
    public <C> NodeEntries(
            ActorContext<C> context,
            TimerScheduler<C> timers,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part,
            LongSupplier nanoTime,
            Duration dropAfter,
            Function<Board.News, C> wrap,
            Hearing<V> hearing) {
        this.board = new Board<>(context, timers, replicator, LWWMap.empty(), part, nanoTime, wrap);
        this.cluster = Cluster.get(context.getSystem());
        this.address = DistributedData.get(context.getSystem()).selfUniqueAddress();
        this.self = cluster.selfMember().address().hostPort();
        this.nanoTime = nanoTime;
        this.dropAfter = dropAfter;
        this.hearing = hearing;
    }

    /** The name of this node in the entries. */
    public String self() {
        return self;
    }

    /** Subscribes to the entries of the key. */
    public void follow(Key<LWWMap<String, V>> key) {
        board.follow(key);
    }

    /** Publishes this from now on. */
    public void tell(Key<LWWMap<String, V>> key, V value) {
        told.put(key, value);
        contested.remove(key);
        board.write(key, map -> map.put(address, self, value));
    }

    /** Handles a message of the replicator. True when any node's entry changed. */
    public boolean on(Board.News news) {
        Board.@Nullable Held<LWWMap<String, V>> now = board.on(news);
        if (news == Board.Look.NOW) {
            look();
        }
        if (now == null) {
            return false;
        }
        Map<String, V> entries = now.data().getEntries();
        @Nullable Map<String, V> before = held.put(now.key(), entries);
        entries.forEach((node, value) -> {
            boolean known = before != null && value.equals(before.get(node));
            if (!known && !node.equals(self)) {
                heard(now.key().id(), node, value);
            }
        });
        return !entries.equals(before);
    }

    /** One unusable entry must not hide the others. */
    private void heard(String key, String node, V value) {
        try {
            hearing.heard(key, node, value);
        } catch (IllegalArgumentException e) {
            LOG.warn("entry [{}] of node [{}] skipped, cause [{}]", key, node, e.getMessage());
        }
    }

    /** The entries of all nodes, by key and node; this one included. */
    public Map<Key<LWWMap<String, V>>, Map<String, V>> held() {
        return held;
    }

    private Set<String> members() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .map(member -> member.address().hostPort())
                .collect(Collectors.toSet());
    }

    /** Removes the entry of a node, and republishes this node's own. */
    public void drop(Key<LWWMap<String, V>> key, String node) {
        board.write(key, map -> {
            V value = told.get(key);
            LWWMap<String, V> without = map.remove(address, node);
            return value == null ? without : without.put(address, self, value);
        });
    }

    private void look() {
        held.forEach((key, entries) -> {
            if (Objects.equals(told.get(key), entries.get(self)) || board.writing(key)) {
                contested.remove(key);
            } else if (contested.merge(key, 1, Integer::sum) >= CONTESTED) {
                contested.remove(key);
                V ours = told.get(key);
                // A put continues from the version of the existing entry; after a removal it would lose to the removed
                // one.
                board.write(key, map -> ours == null ? map.remove(address, self) : map.put(address, self, ours));
            }
        });
        dropGone();
    }

    private void dropGone() {
        Set<String> gone = new HashSet<>();
        held.values().forEach(entries -> gone.addAll(entries.keySet()));
        gone.removeAll(members());
        gone.remove(self);
        goneSince.keySet().retainAll(gone);
        long now = nanoTime.getAsLong();
        gone.forEach(node -> goneSince.putIfAbsent(node, now));
        boolean leads = cluster.selfMember().address().equals(cluster.state().getLeader());
        if (!leads) {
            return;
        }
        held.forEach((key, entries) -> entries.keySet().stream()
                .filter(node -> now - goneSince.getOrDefault(node, now) > dropAfter.toNanos())
                .findFirst()
                .ifPresent(node -> {
                    if (!board.writing(key)) {
                        drop(key, node);
                    }
                }));
    }
}
