package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.access.KeyText;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.FixedKey;
import dev.windrose.stage.Raw;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What it costs the routing call to ask who calls: requests per second with a key and with a token, beside those of a node that
 * asks nobody, in turn. {@code mvn -Pbenchmark test -Dtest=AccessCostTest}; not part of a build, for what it finds depends on
 * who else uses the machine.
 */
class AccessCostTest {

    private static final int ROUNDS = Integer.getInteger("windrose.cost.rounds", 30);
    private static final long ROUND_NANOS = 500_000_000L;
    private static final int WARM_UPS = 3;
    private static final int CLIENTS = 4;
    private static final KeyText ROOT = KeyText.of(FixedKey.BREAK_GLASS, new byte[KeyText.SECRET_BYTES]);

    @Test
    @Tag("benchmark")
    void costsLittle() throws Exception {
        Issuer issuer = new Issuer();
        try (RunningApi open = RunningApi.start(director -> Authenticator.DEV);
                RunningApi asking = RunningApi.start(director -> new Authenticators(
                        director::catalog,
                        System::currentTimeMillis,
                        Map.of(FixedKey.BREAK_GLASS, FixedKey.breakGlass(ROOT.hash())),
                        issuer.tokens(System::currentTimeMillis)))) {
            open.post("/api/v1/rules/create", RunningApi.RULE);
            asking.post("/api/v1/rules/create", RunningApi.RULE, "Authorization", "Bearer " + ROOT.text());
            String key = asking.post(
                            "/api/v1/keys",
                            "{\"name\":\"lb\",\"owner\":\"ada\",\"grants\":[\"agent\"]}",
                            "Authorization",
                            "Bearer " + ROOT.text())
                    .at("/key")
                    .asText();
            String token = issuer.token("lb", "agent");
            for (int i = 0; i < WARM_UPS; i++) {
                round(open, null);
                round(asking, key);
                round(asking, token);
            }
            List<Double> ofKey = new ArrayList<>();
            List<Double> ofToken = new ArrayList<>();
            double perSecond = 0;
            for (int i = 0; i < ROUNDS; i++) {
                double before = round(open, null);
                double withKey = round(asking, key);
                double between = round(open, null);
                double withToken = round(asking, token);
                double after = round(open, null);
                double free = (before + between) / 2;
                ofKey.add(withKey / free);
                ofToken.add(withToken / ((between + after) / 2));
                perSecond = Math.max(perSecond, free / (ROUND_NANOS / 1e9));
            }
            System.out.printf(
                    "cost of access: key %.1f %%, token %.1f %% of %.0f requests/s, median of %d rounds%n",
                    100 * (1 - median(ofKey)), 100 * (1 - median(ofToken)), perSecond, ROUNDS);
            assertThat(median(ofKey)).isGreaterThan(0.9);
            assertThat(median(ofToken)).isGreaterThan(0.8);
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Answers of one round, with some requests under way on each connection. */
    private static double round(RunningApi api, String credential) throws InterruptedException {
        String one = "GET /api/v1/route/europe?rule_id=web HTTP/1.1\r\nHost: localhost\r\n"
                + (credential == null ? "" : "Authorization: Bearer " + credential + "\r\n") + "\r\n";
        byte[] request = one.getBytes(StandardCharsets.US_ASCII);
        AtomicLong answers = new AtomicLong();
        long until = System.nanoTime() + ROUND_NANOS;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> answers.addAndGet(ask(api.port(), request, until)));
            clients.add(client);
            client.start();
        }
        for (Thread client : clients) {
            client.join();
        }
        return answers.get();
    }

    private static long ask(int port, byte[] request, long until) {
        byte[] buffer = new byte[16 * 1024];
        long answers = 0;
        try (Raw raw = new Raw(port, "127.0.0.1")) {
            InputStream in = raw.in();
            while (System.nanoTime() < until) {
                raw.send(request);
                int read = in.read(buffer);
                String text = new String(buffer, 0, Math.max(0, read), StandardCharsets.ISO_8859_1);
                if (!text.startsWith("HTTP/1.1 200")) {
                    throw new AssertionError(text);
                }
                answers++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answers;
    }
}
