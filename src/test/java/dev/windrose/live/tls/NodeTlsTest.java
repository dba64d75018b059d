package dev.windrose.live.tls;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.AbstractActor;
import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.Props;
import akka.actor.setup.ActorSystemSetup;
import akka.cluster.Cluster;
import akka.remote.artery.tcp.SSLEngineProviderSetup;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchange between nodes over real sockets: with certificates of one authority, and with others. */
class NodeTlsTest {

    @TempDir
    Path dir;

    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void end() {
        systems.forEach(ActorSystem::terminate);
    }

    private static final class Echo extends AbstractActor {
        @Override
        public Receive createReceive() {
            return receiveBuilder().build();
        }
    }

    private ActorSystem system(TlsFiles files) {
        BootstrapSetup setup = BootstrapSetup.create(ConfigFactory.parseMap(Map.of(
                        "akka.actor.provider", "cluster",
                        "akka.cluster.jmx.enabled", "off",
                        "akka.remote.artery.transport", files == null ? "tcp" : "tls-tcp",
                        "akka.remote.artery.canonical.hostname", "127.0.0.1",
                        "akka.remote.artery.canonical.port", 0,
                        "akka.loglevel", "OFF",
                        "akka.stdout-loglevel", "OFF"))
                .withFallback(ConfigFactory.load()));
        ActorSystemSetup setups = ActorSystemSetup.create(setup);
        ActorSystem system = ActorSystem.create(
                "nodes",
                files == null
                        ? setups
                        : setups.withSetup(SSLEngineProviderSetup.create(ignored -> new NodeTls(files))));
        systems.add(system);
        return system;
    }

    private boolean reaches(ActorSystem from, ActorSystem to) {
        to.actorOf(Props.create(Echo.class, Echo::new), "echo");
        String path = Cluster.get(to).selfAddress() + "/user/echo";
        try {
            ActorRef found = from.actorSelection(path)
                    .resolveOne(Duration.ofSeconds(4))
                    .toCompletableFuture()
                    .join();
            return found != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void nodesOfOneAuthorityReachEachOther() {
        MadeCertificates made = new MadeCertificates(dir, "a=127.0.0.1", "b=127.0.0.1");

        assertThat(reaches(system(made.of("a")), system(made.of("b")))).isTrue();
    }

    @Test
    void aNodeOfAnotherAuthorityReachesNobody() {
        MadeCertificates ours = new MadeCertificates(dir.resolve("ours"), "a=127.0.0.1");
        MadeCertificates theirs = new MadeCertificates(dir.resolve("theirs"), "b=127.0.0.1");

        // It believes ours, so that it is ours alone that refuses.
        assertThat(reaches(system(theirs.of("b", ours)), system(ours.of("a")))).isFalse();
    }

    @Test
    void aCertificateOfAnotherHostIsNotTheNodeThatWasMeant() {
        MadeCertificates made = new MadeCertificates(dir, "a=127.0.0.1", "b=127.0.0.9,elsewhere.example");

        assertThat(reaches(system(made.of("a")), system(made.of("b")))).isFalse();
    }

    @Test
    void aNodeThatSpeaksInTheOpenReachesNobody() {
        MadeCertificates made = new MadeCertificates(dir, "a=127.0.0.1");

        assertThat(reaches(system(null), system(made.of("a")))).isFalse();
    }
}
