package dev.windrose.multijvm;

import static dev.windrose.multijvm.CertifiedCluster.NODES;
import static dev.windrose.multijvm.CertifiedCluster.RULE;
import static dev.windrose.multijvm.CertifiedCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Certificates of HTTPS and of the exchange between nodes are replaced, then their authorities, then one expires and files
 * are put in place that are none, while every node is asked over HTTPS all the time.
 */
@Tag("drill")
class CertificatesStory {

    /** Who is stopped, and whose certificate expires. */
    private static final int ONE = 1;

    private static final String ITS = Cluster.REGIONS.get(ONE);

    /** Longer than it takes the others to find a node unreachable. */
    private static final Duration APART = Duration.ofSeconds(15);

    private final Figures figures = new Figures("29: certificates are rotated, and one expires", 0);

    @Test
    void nobodyIsDroppedAndWhoHasAGoodOneJoins() throws Exception {
        try (CertifiedCluster all = new CertifiedCluster()) {
            aNodeJoins(all);
            certificatesAreReplaced(all);
            authoritiesAreReplaced(all);
            anExpiredFileIsPut(all);
            oneExpiresInUse(all);
            oneStartsExpired(all);
            filesAreDamaged(all);
            count(all);
        }
        Drill.report(figures);
    }

    private void aNodeJoins(CertifiedCluster all) throws Exception {
        NodeProcess one = all.cluster.node(ONE);
        all.witnesses.get(ONE).pause();
        assertThat(one.stop(Duration.ofSeconds(30))).isTrue();
        long from = System.nanoTime();
        one.start();
        one.awaits("/health/ready", SOON);
        all.witnesses.get(ONE).goOn();
        one.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        figures.atMost("a node joins before, s", since(from), 60);
        all.changesGoEverywhere();
    }

    private void certificatesAreReplaced(CertifiedCluster all) throws Exception {
        CertificateFiles.renew(all.http);
        CertificateFiles.renew(all.node);
        for (String region : Cluster.REGIONS) {
            all.put(region);
        }
        long from = System.nanoTime();
        for (int i : NODES) {
            all.awaitShown(i);
        }
        figures.atMost("new certificates shown everywhere, HTTPS and between nodes, s", since(from), 5);
        all.cluster.wan().breakOff();
        figures.atMost(
                "all links broken after that, changes of all regions everywhere, s", all.changesGoEverywhere(), 30);
    }

    /** As docs/how-to/certificates.md says. */
    private void authoritiesAreReplaced(CertifiedCluster all) throws Exception {
        MadeCertificates oldHttp = all.http;
        MadeCertificates oldNode = all.node;
        long from = System.nanoTime();
        all.http = all.files.authority("next-http");
        all.node = all.files.authority("next-node");
        all.clientsBelieve(oldHttp, all.http);
        for (String region : Cluster.REGIONS) {
            all.files.believe(region, oldNode, all.node);
        }
        all.awaitAuthorities(2);
        double slowest = 0;
        for (int i : NODES) {
            all.put(Cluster.REGIONS.get(i));
            all.awaitShown(i);
            all.cluster.wan().breakOff();
            slowest = Math.max(slowest, all.changesGoEverywhere());
        }
        figures.atMost("the same, certificates of two authorities, slowest of 3, s", slowest, 30);
        for (String region : Cluster.REGIONS) {
            all.files.believe(region, all.node);
        }
        all.awaitAuthorities(1);
        all.clientsBelieve(all.http);
        figures.put("both authorities replaced on all nodes, s", since(from));
        all.cluster.wan().breakOff();
        figures.atMost("the same, the new authorities alone, s", all.changesGoEverywhere(), 30);
        long open = 0;
        for (int i : NODES) {
            assertThat(all.files.letsIn(all.cluster.node(i), all.node)).isTrue();
            open += all.files.letsIn(all.cluster.node(i), oldNode) ? 1 : 0;
        }
        figures.atMost("nodes that talk to who has a certificate of the old one", open, 0);
    }

    private void anExpiredFileIsPut(CertifiedCluster all) throws Exception {
        for (MadeCertificates authority : List.of(all.http, all.node)) {
            authority.make("--from", in(-7200), "--until", in(-60), "old=127.0.0.1");
        }
        long from = System.nanoTime();
        all.files.put(ITS, "http", all.http, "old");
        all.files.put(ITS, "node", all.node, "old");
        all.awaitRefused(ONE, 1);
        figures.atMost("an expired file refused and told after, s", since(from), 5);
        all.cluster.wan().breakOff();
        figures.atMost("the same, while one has an expired file, s", all.changesGoEverywhere(), 30);
        all.put(ITS);
        all.awaitRefused(ONE, 0);
    }

    /** First with links that are open, then without. */
    private void oneExpiresInUse(CertifiedCluster all) throws Exception {
        double starts = all.starts();
        Instant end = Instant.parse(in(8));
        all.node.make("--from", in(-7200), "--until", end.toString(), "brief=127.0.0.1");
        all.files.put(ITS, "node", all.node, "brief");
        Await.until("it is used", SOON, () -> all.meter(ONE, "expires", "node") == end.getEpochSecond());
        Await.until("it has expired", SOON, () -> Instant.now().isAfter(end) && says(all, "is not valid now"));
        figures.atMost("one expired in use, links open, changes everywhere, s", all.changesGoEverywhere(), 10);

        all.cluster.wan().breakOff();
        long apart = System.nanoTime();
        try (Api us = all.cluster.api(0)) {
            Writes.rename(us, RULE, "while-one-is-apart");
        }
        TimeUnit.NANOSECONDS.sleep(APART.toNanos());
        assertThat(Views.revisions(all.cluster, RULE)).hasSizeGreaterThan(1);
        figures.put("its links broken for, s", since(apart));
        all.put(ITS);
        figures.atMost("a good one links it again without a restart after, s", all.changesGoEverywhere(), 30);
        figures.atMost("control planes that had to start again", all.starts() - starts, 0);
    }

    private void oneStartsExpired(CertifiedCluster all) throws Exception {
        NodeProcess one = all.cluster.node(ONE);
        SecureWitness witness = all.witnesses.get(ONE);
        witness.pause();
        assertThat(one.stop(Duration.ofSeconds(30))).isTrue();
        all.files.put(ITS, "http", all.http, "old");
        all.files.put(ITS, "node", all.node, "old");
        long from = System.nanoTime();
        one.start();
        try (Api careless = new Api(one.port(), Cluster.TIMEOUT, CertificateFiles.believingAll())) {
            Await.until("it is ready", SOON, () -> careless.says("/health/ready"));
        }
        figures.put("started with expired ones, decides by its snapshot after, s", since(from));
        witness.believe(CertificateFiles.believingAll());
        witness.goOn();
        Await.until(
                "it says why it does not join", SOON, () -> says(all, "no certificate for connections to other nodes"));
        witness.awaitMore(500, SOON);

        all.files.put(ITS, "http", all.http, ITS);
        Await.until(
                "a good one is shown", SOON, () -> all.files.serial(ITS, "http").equals(witness.serial()));
        witness.believe(all.clients());
        witness.awaitMore(500, SOON);
        try (Api api = one.api(Cluster.TIMEOUT)) {
            figures.atMost("it has joined all the same", api.meter("windrose_control_up", ""), 0);
            assertThat(api.get("/health/ready/control").status()).isEqualTo(503);
        }
        long good = System.nanoTime();
        all.put(ITS);
        one.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        figures.atMost("it joins after a good one is there, s", since(good), 60);
        all.changesGoEverywhere();
    }

    private void filesAreDamaged(CertifiedCluster all) throws Exception {
        double slowest = 0;
        long put = 0;
        for (Map.Entry<String, byte[]> damage : damages(all.node).entrySet()) {
            String name = damage.getKey();
            long from = System.nanoTime();
            for (String region : Cluster.REGIONS) {
                for (String use : CertificateFiles.USES) {
                    all.files.put(region, use + name.substring(name.indexOf('.')), damage.getValue());
                    put++;
                }
            }
            for (int i : NODES) {
                all.awaitRefused(i, 1);
            }
            slowest = Math.max(slowest, since(from));
            all.cluster.wan().breakOff();
            all.changesGoEverywhere();
            for (int i : NODES) {
                all.put(Cluster.REGIONS.get(i));
                all.awaitRefused(i, 0);
            }
        }
        figures.put("damaged files put in place", put);
        figures.atMost("damaged ones refused and told after, slowest, s", slowest, 5);
    }

    /** What to put in place, by a name that ends as the file's. */
    private static Map<String, byte[]> damages(MadeCertificates made) throws IOException {
        byte[] certificate = Files.readAllBytes(made.file(ITS + ".pem"));
        byte[] key = Files.readAllBytes(made.file("old.key"));
        Map<String, byte[]> damages = new LinkedHashMap<>();
        damages.put("cut off.pem", Arrays.copyOf(certificate, 300));
        damages.put("empty.pem", new byte[0]);
        damages.put("no certificate.pem", "503 Service Unavailable\n".getBytes(StandardCharsets.US_ASCII));
        damages.put("of another.key", key);
        damages.put("cut off.key", Arrays.copyOf(key, 100));
        return damages;
    }

    private void count(CertifiedCluster all) throws IOException {
        figures.atMost("rules that differ at the end", Views.differing(all.cluster, all.rules()), 0);
        long asked = all.total(SecureWitness::asked);
        figures.put("questions asked", asked);
        figures.put("questions per second and node", asked / (all.total(SecureWitness::nanos) / 1e9));
        figures.put("connections made", all.total(SecureWitness::opened));
        all.witnesses.forEach(witness -> System.out.println("dropped: " + witness.reasons()));
        figures.atMost("questions dropped", all.total(SecureWitness::dropped), 0);
    }

    /** Now and that many seconds, as text. */
    private static String in(long seconds) {
        return Instant.now()
                .truncatedTo(ChronoUnit.SECONDS)
                .plusSeconds(seconds)
                .toString();
    }

    private static boolean says(CertifiedCluster all, String text) throws IOException {
        return Files.readString(all.cluster.node(ONE).log()).contains(text);
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
