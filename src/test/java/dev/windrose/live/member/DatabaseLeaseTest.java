package dev.windrose.live.member;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.coordination.lease.javadsl.Lease;
import akka.coordination.lease.javadsl.LeaseProvider;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.ConfigFactory;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.Journals;
import dev.windrose.live.journal.LeaseTable;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseLeaseTest {

    private static final String NAME = "members-of-us-east-1";

    private final Database database = Database.open(Journals.fresh(), new DefinitionMeters(new SimpleMeterRegistry()));
    private final ActorSystem system = ActorSystem.create(
            "lease",
            ActorSystemSetup.create(
                    BootstrapSetup.create(ConfigFactory.parseString("""
                                    windrose-lease-dispatcher {
                                      executor = "thread-pool-executor"
                                      thread-pool-executor.fixed-pool-size = 2
                                    }
                                    windrose-lease {
                                      lease-class = "dev.windrose.live.member.DatabaseLease"
                                      heartbeat-timeout = 2s
                                      heartbeat-interval = 300ms
                                      lease-operation-timeout = 3s
                                    }
                                    """).withFallback(ConfigFactory.load())),
                    new JournalSetup(database)));

    @BeforeEach
    void makeTables() {
        database.migrate();
    }

    @AfterEach
    void close() {
        TestKit.shutdownActorSystem(system);
        database.close();
    }

    @Test
    void thatOfAnOwnerWhoDiedIsWaitedFor() throws Exception {
        LeaseTable table = JournalSetup.of(system).leases();
        assertThat(table.acquire(NAME, "dead", 2)).isTrue();
        assertThat(acquired(of("survivor"))).isTrue();
    }

    @Test
    void thatOfALivingOwnerIsNot() throws Exception {
        assertThat(acquired(of("a"))).isTrue();
        Lease other = of("b");
        assertThat(acquired(other)).isFalse();
        assertThat(other.checkLease()).isFalse();
    }

    private Lease of(String owner) {
        return LeaseProvider.get(system).getLease(NAME, "windrose-lease", owner);
    }

    private static boolean acquired(Lease lease) throws Exception {
        return lease.acquire().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
