package dev.windrose.live.member;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Leave;
import akka.pattern.Patterns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster as one node sees it, and the operations on its members. Safe for all threads. */
public final class ClusterControl {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterControl.class);

    private static final Duration ASKED_AT_MOST = Duration.ofSeconds(3);

    /** One node. */
    public record Node(
            String address,
            String region,
            String status,
            boolean reachable,
            boolean self,
            boolean leader,
            Set<String> roles) {

        public Node {
            roles = Set.copyOf(roles);
        }
    }

    /** The outcome of a command on a member. */
    public enum Result {
        DONE,
        /** No member has that address. */
        UNKNOWN,
        /** It is reachable: a live member is not declared down. */
        REACHABLE
    }

    private final ActorSystem<?> control;
    private final Cluster cluster;
    private final LastHeard lastHeard;
    private final LongSupplier nanoTime;

    /** @param nanoTime the clock of {@code lastHeard} */
    public ClusterControl(ActorSystem<?> control, LastHeard lastHeard, LongSupplier nanoTime) {
        this.control = control;
        this.cluster = Cluster.get(control);
        this.lastHeard = lastHeard;
        this.nanoTime = nanoTime;
    }

    /** All members, by region and address. */
    public List<Node> members() {
        @Nullable Address leader = cluster.state().getLeader();
        Map<String, Node> nodes = new TreeMap<>();
        for (Member member : cluster.state().getMembers()) {
            String address = text(member.address());
            Set<String> roles = new TreeSet<>(member.getRoles());
            roles.removeIf(role -> role.startsWith("dc-"));
            nodes.put(
                    member.dataCenter() + " " + address,
                    new Node(
                            address,
                            member.dataCenter(),
                            member.status().toString().toLowerCase(Locale.ROOT),
                            reachable(member),
                            member.uniqueAddress().equals(cluster.selfMember().uniqueAddress()),
                            member.address().equals(leader),
                            roles));
        }
        return new ArrayList<>(nodes.values());
    }

    /**
     * The cluster tracks each member of this region. For another region it only knows whether all of it is reachable;
     * in one that is not entirely, members heard from recently count as reachable.
     */
    private boolean reachable(Member member) {
        CurrentClusterState state = cluster.state();
        return member.dataCenter().equals(cluster.selfMember().dataCenter())
                ? !state.getUnreachable().contains(member)
                : !state.getUnreachableDataCenters().contains(member.dataCenter())
                        || lastHeard.lately(member.address().hostPort(), nanoTime.getAsLong());
    }

    private static String text(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    /** Asks a member to leave gracefully. A node that keeps running rejoins by itself. */
    public Result leave(String address, String owner, String reason) {
        Member member = member(address);
        if (member == null) {
            return Result.UNKNOWN;
        }
        LOG.warn("member [{}] asked to leave by [{}], reason [{}]", address, owner, reason);
        cluster.manager().tell(Leave.create(member.address()));
        return Result.DONE;
    }

    /** Downs an unreachable member. */
    public Result down(String address, String owner, String reason) {
        Member member = member(address);
        if (member == null) {
            return Result.UNKNOWN;
        }
        if (reachable(member)) {
            return Result.REACHABLE;
        }
        LOG.warn("member [{}] declared down by [{}], reason [{}]", address, owner, reason);
        Downing.down(control, member);
        return Result.DONE;
    }

    private @Nullable Member member(String address) {
        for (Member member : cluster.state().getMembers()) {
            if (text(member.address()).equals(address) && member.status() != MemberStatus.removed()) {
                return member;
            }
        }
        return null;
    }

    /** The shards on this node, with the number of definitions in each; fails when there is no answer in time. */
    public CompletionStage<Map<String, Integer>> shards() {
        ClusterSharding sharding = ClusterSharding.get(Adapter.toClassic(control));
        CompletionStage<Map<String, Integer>> all = CompletableFuture.completedFuture(new TreeMap<>());
        for (String type : sharding.getShardTypeNames()) {
            if (!type.endsWith(cluster.selfMember().dataCenter())) {
                continue;
            }
            all = all.thenCombine(
                    Patterns.ask(sharding.shardRegion(type), ShardRegion.getShardRegionStateInstance(), ASKED_AT_MOST),
                    (found, answer) -> {
                        if (answer instanceof ShardRegion.CurrentShardRegionState state) {
                            state.getShards()
                                    .forEach(shard -> found.put(
                                            shard.shardId(),
                                            shard.getEntityIds().size()));
                        }
                        return found;
                    });
        }
        return all;
    }
}
