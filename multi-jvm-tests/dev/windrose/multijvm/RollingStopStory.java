package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Figures;
import dev.windrose.stage.KeepAliveClients;
import dev.windrose.stage.NodeProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every node is stopped in turn, as an update does, while twenty clients of each keep their connections. */
@ExtendWith(SharedCluster.class)
class RollingStopStory {

    private static final int CLIENTS = 20;
    private static final Duration EVERY = Duration.ofMillis(200);

    @Test
    void nobodyIsResetAndNoRequestFails(Cluster cluster) throws Exception {
        Figures figures = new Figures("39: rolling SIGTERM with keep-alive clients", 0);
        List<Integer> ports = cluster.nodes().stream().map(NodeProcess::port).toList();
        try (KeepAliveClients clients = KeepAliveClients.start(ports, CLIENTS, EVERY)) {
            clients.awaitAnswers(3L * CLIENTS * ports.size(), Duration.ofSeconds(60));
            for (NodeProcess node : cluster.nodes()) {
                assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
                node.start();
                node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
            }
            clients.awaitAnswers(clients.answers() + CLIENTS, Duration.ofSeconds(60));
            clients.stop();
            figures.put("requests answered", clients.answers());
            figures.put("connections that were told to end", clients.toldToEnd());
            figures.atMost("resets without a prior Connection: close", clients.resets(), 0);
            figures.atMost("requests that failed in spite of one retry on a fresh connection", clients.failed(), 0);
        }
        Drill.report(figures);
    }
}
