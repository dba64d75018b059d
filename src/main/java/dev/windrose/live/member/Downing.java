package dev.windrose.live.member;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.remote.RemoteActorRefProvider;
import scala.Option;

/** Downs a member that is believed dead. */
final class Downing {

    /**
     * Downs it, and makes this node answer its further messages with the news that it is out: only this tells it to
     * rejoin. What Akka 2.8.5 does by itself when a member of another data center is removed tells it nothing.
     */
    static void down(ActorSystem<?> control, Member member) {
        Cluster.get(control).manager().tell(new Down(member.address()));
        if (Adapter.toClassic(control) instanceof ExtendedActorSystem system
                && system.provider() instanceof RemoteActorRefProvider remote) {
            remote.quarantine(
                    member.address(), Option.apply(member.uniqueAddress().longUid()), "taken for gone");
        }
    }

    private Downing() {}
}
