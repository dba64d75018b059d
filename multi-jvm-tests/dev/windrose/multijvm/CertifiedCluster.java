package dev.windrose.multijvm;

import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.net.ssl.SSLSocketFactory;

/** Three regions that speak HTTPS and mutual TLS, a rule of each, and a witness who asks each of them all the time. */
final class CertifiedCluster implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(60);
    static final List<Integer> NODES = List.of(0, 1, 2);

    /** The rule by which witnesses ask. */
    static final String RULE = "certified";

    final CertificateFiles files = new CertificateFiles(Cluster.data("certificates"));
    final List<SecureWitness> witnesses = new ArrayList<>();
    final Cluster cluster;

    /** Who certifies the routing API now. */
    MadeCertificates http = files.authority("http");

    /** Who certifies nodes now. */
    MadeCertificates node = files.authority("node");

    private volatile Supplier<SSLSocketFactory> clients = CertificateFiles.believing(http);
    private int changes;

    /** Starts all of it; returns when every witness has its first answers. */
    CertifiedCluster() throws IOException, InterruptedException {
        for (String region : Cluster.REGIONS) {
            files.believe(region, node);
            put(region);
        }
        cluster = Cluster.start(
                "certificates", Cluster.SMALL, Map.of(), new Cluster.Encryption(files::settings, () -> clients.get()));
        try {
            begin();
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private void begin() throws IOException, InterruptedException {
        try (Api us = cluster.api(0)) {
            for (String rule : rules()) {
                Writes.createPriority(us, rule, "us-east-1", "eu-west-1");
            }
        }
        Views.agree(cluster, RULE, SOON);
        Views.decideBy(cluster, RULE, SOON);
        for (int i : NODES) {
            SecureWitness witness =
                    new SecureWitness(cluster.node(i).port(), "asia", RULE, "us-east-1", () -> clients.get());
            witnesses.add(witness);
            witness.goOn();
            witness.awaitMore(100, SOON);
        }
    }

    /** All rules: that of the witnesses, and one of each region. */
    List<String> rules() {
        List<String> rules = new ArrayList<>(List.of(RULE));
        NODES.forEach(i -> rules.add(rule(i)));
        return rules;
    }

    private static String rule(int index) {
        return RULE + "-" + index;
    }

    /** Whose certificates clients believe from now on. */
    void clientsBelieve(MadeCertificates... authorities) {
        clients = CertificateFiles.believing(authorities);
    }

    /** What clients make their sockets with. */
    Supplier<SSLSocketFactory> clients() {
        return () -> clients.get();
    }

    /** A node gets its own certificates of the authorities in use. */
    void put(String region) throws IOException {
        files.put(region, "http", http, region);
        files.put(region, "node", node, region);
    }

    /** Waits until new connections are shown what is in the files of a node. */
    void awaitShown(int index) throws InterruptedException {
        String region = Cluster.REGIONS.get(index);
        Await.until(
                region + " shows its new certificates",
                SOON,
                () -> files.serial(region, "http").equals(witnesses.get(index).serial())
                        && files.serial(region, "node").equals(files.between(cluster.node(index), node)));
    }

    /** Waits until every node believes that many authorities of nodes. */
    void awaitAuthorities(int count) throws InterruptedException {
        for (int i : NODES) {
            Await.until("node " + i + " believes " + count, SOON, () -> meter(i, "authorities", "node") == count);
        }
    }

    /** Waits until a node says of both of its certificates that they are refused, 1, or not, 0. */
    void awaitRefused(int index, int refused) throws InterruptedException {
        Await.until(
                "node " + index + ", refused " + refused,
                SOON,
                () -> CertificateFiles.USES.stream().allMatch(use -> meter(index, "refused", use) == refused));
    }

    double meter(int index, String name, String use) {
        try (Api api = cluster.api(index)) {
            return api.meter("windrose_certificate_" + name, "use=\"" + use + "\"");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often control planes have started, all nodes. */
    double starts() throws IOException {
        double starts = 0;
        for (NodeProcess one : cluster.nodes()) {
            try (Api api = one.api(Cluster.TIMEOUT)) {
                starts += api.meter("windrose_control_starts", "");
            }
        }
        return starts;
    }

    /** Every region changes its rule. Returns the seconds until all know all changes. */
    double changesGoEverywhere() throws IOException, InterruptedException {
        long from = System.nanoTime();
        changes++;
        for (int i : NODES) {
            try (Api api = cluster.api(i)) {
                Writes.rename(api, rule(i), "change-" + changes);
            }
        }
        for (String rule : rules()) {
            Views.agree(cluster, rule, SOON);
        }
        return (System.nanoTime() - from) / 1e9;
    }

    long total(ToLongFunction<SecureWitness> of) {
        return witnesses.stream().mapToLong(of).sum();
    }

    @Override
    public void close() throws IOException {
        witnesses.forEach(SecureWitness::close);
        cluster.close();
    }
}
