package dev.windrose.live.member;

import akka.actor.Address;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The members of the cluster as this node sees them now, itself included, without those that are down or removed. */
final class ClusterMembers {

    private final Cluster cluster;

    ClusterMembers(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Host:port of this node. */
    String self() {
        return text(cluster.selfMember().address());
    }

    /** Whether this node is in a cluster, or on its way in or out. */
    boolean joined() {
        return counts(cluster.selfMember());
    }

    private static boolean counts(Member member) {
        return !member.status().equals(MemberStatus.down()) && !member.status().equals(MemberStatus.removed());
    }

    List<Member> all() {
        List<Member> members = new ArrayList<>();
        for (Member member : cluster.state().getMembers()) {
            if (counts(member)) {
                members.add(member);
            }
        }
        return members;
    }

    /** Host:port of each member in that region. */
    Set<String> addressesIn(RegionId region) {
        Set<String> addresses = new TreeSet<>();
        for (Member member : all()) {
            if (member.dataCenter().equals(region.value())) {
                addresses.add(text(member.address()));
            }
        }
        return addresses;
    }

    /** Members with a lower address than this node's. */
    long rank() {
        String self = self();
        return all().stream()
                .filter(member -> text(member.address()).compareTo(self) < 0)
                .count();
    }

    /** The member that this node is in the same life of its actor system; null when it is none. */
    @Nullable
    Member find(NodeAnnouncement node) {
        for (Member member : all()) {
            if (member.uniqueAddress().longUid() == node.uid()
                    && text(member.address()).equals(node.address())) {
                return member;
            }
        }
        return null;
    }

    private static String text(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }
}
