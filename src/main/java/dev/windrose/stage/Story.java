package dev.windrose.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A failure told as it happens, on three running regions: an origin dies and returns; a whole region is killed, rules
 * change without it, and it returns. Everything is measured from outside, by a client of each node that asks every 20 ms.
 */
public final class Story {

    private static final Duration BEAT = Duration.ofMillis(20);
    private static final String AREA = "asia";
    private static final String FIRST = "story-first";
    private static final String KEPT = "story-kept";
    private static final String NEW = "story-new";
    private static final String GONE = "story-gone";

    /** Between a death and a return, so that both can be told apart by whoever watches. */
    static final Duration CALM = Duration.ofSeconds(4);

    /** One region of the set: where its node answers, and where its origin takes commands. */
    public record Place(String region, int port, int commandPort) {}

    /** Kills and starts the node of a region. */
    public interface Nodes {
        /** As {@code kill -9} does. */
        void kill(String region) throws IOException, InterruptedException;

        void start(String region) throws IOException, InterruptedException;
    }

    private final List<Place> places;
    private final Nodes nodes;
    private final Consumer<String> lines;
    private final Duration calm;
    private final Figures figures = new Figures("story", 0);
    private final long start = System.nanoTime();
    private final List<Witness> witnesses = new ArrayList<>();
    private @Nullable String killed;

    /**
     * @param places three regions; the origin of the first dies, and the node of the second is killed
     * @param lines told what happens
     */
    public Story(List<Place> places, Nodes nodes, Consumer<String> lines) {
        this(places, nodes, lines, CALM);
    }

    Story(List<Place> places, Nodes nodes, Consumer<String> lines, Duration calm) {
        if (places.size() != 3) {
            throw new IllegalArgumentException("places: " + places.size() + " (expected: 3)");
        }
        this.places = List.copyOf(places);
        this.nodes = nodes;
        this.lines = lines;
        this.calm = calm;
    }

    /** Plays all of it, one to two minutes; leaves the regions and their rules as they were. */
    public Figures play() throws IOException, InterruptedException {
        try {
            anOriginDies();
            aRegionIsKilled();
        } catch (IOException | RuntimeException e) {
            witnesses.forEach(Witness::close);
            try {
                leaveAsFound();
            } catch (IOException | RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        witnesses.forEach(Witness::close);
        leaveAsFound();
        return figures;
    }

    private void leaveAsFound() throws IOException, InterruptedException {
        for (Place place : places) {
            command(place, "{\"reset\":true}");
        }
        if (killed != null) {
            nodes.start(killed);
            killed = null;
        }
        for (String rule : List.of(FIRST, KEPT, NEW, GONE)) {
            remove(places.get(0), rule);
        }
    }

    private void anOriginDies() throws IOException, InterruptedException {
        Place victim = places.get(0);
        say("One: an origin dies");
        create(places.get(1), FIRST, victim);
        watch(places, victim.region());

        long death = System.nanoTime();
        command(victim, "{\"dead\":true}");
        say("the origin of " + victim.region() + " refuses connections");
        for (Witness witness : witnesses) {
            moves(witness, victim.region(), death, "origin dead");
        }

        settle(calm);
        long birth = System.nanoTime();
        command(victim, "{\"dead\":false}");
        say("the origin of " + victim.region() + " is back");
        for (Witness witness : witnesses) {
            returns(witness, victim.region(), birth, "origin back");
        }
        long failed = witnesses.stream().mapToLong(w -> w.failed(death)).sum();
        figures.atMost("origin: answers that failed, all nodes", (double) failed, 0);
        say(failed + " answers failed while the origin died and came back");
        witnesses.forEach(Witness::close);
        witnesses.clear();
    }

    private void aRegionIsKilled() throws IOException, InterruptedException {
        Place victim = places.get(1);
        List<Place> others = List.of(places.get(0), places.get(2));
        say("Two: a whole region is killed");
        remove(places.get(0), FIRST);
        create(places.get(0), FIRST, victim);
        create(places.get(0), KEPT, victim);
        create(places.get(0), GONE, victim);
        for (Place place : places) {
            within(
                    15,
                    place.region() + " decides by the rules made",
                    () -> decides(place, GONE) && decides(place, KEPT));
        }
        watch(others, victim.region());

        long death = System.nanoTime();
        nodes.kill(victim.region());
        killed = victim.region();
        command(victim, "{\"dead\":true}");
        say("kill -9: the node of " + victim.region() + ", and its origin with it");
        double slowest = Math.max(
                write(() -> create(others.get(0), NEW, others.get(1))),
                Math.max(write(() -> change(others.get(1), KEPT)), write(() -> remove(others.get(0), GONE))));
        say(String.format(
                Locale.ROOT,
                "meanwhile: %s made, %s changed, %s removed; the slowest took %.0f ms",
                NEW,
                KEPT,
                GONE,
                slowest));
        figures.atMost("region killed: slowest write elsewhere, ms", slowest, 3000);
        for (Witness witness : witnesses) {
            moves(witness, victim.region(), death, "region killed");
        }

        settle(calm);
        long birth = System.nanoTime();
        command(victim, "{\"dead\":false}");
        nodes.start(victim.region());
        killed = null;
        say("the node of " + victim.region() + " starts again");
        within(60, victim.region() + " answers", () -> says(victim, "/health/ready"));
        figures.atMost("region back: node answers after, s", secondsSince(birth), 10);
        within(60, victim.region() + " takes writes", () -> says(victim, "/health/ready/control"));
        figures.atMost("region back: node takes writes after, s", secondsSince(birth), 30);
        String wanted = revision(others.get(0), KEPT);
        within(
                60,
                victim.region() + " decides by the rules made meanwhile",
                () -> decides(victim, NEW)
                        && wanted != null
                        && wanted.equals(revision(victim, KEPT))
                        && revision(victim, GONE) == null
                        && !decides(victim, GONE));
        figures.atMost("region back: node knows the rules made meanwhile after, s", secondsSince(birth), 30);
        for (Witness witness : witnesses) {
            returns(witness, victim.region(), birth, "region back");
        }
        long failed = witnesses.stream().mapToLong(w -> w.failed(death)).sum();
        figures.atMost("region killed: answers of the others that failed", (double) failed, 0);
        say(failed + " answers of the other regions failed from the kill until now");
    }

    /** Watches nodes once all of them send the client to a region. */
    private void watch(List<Place> watched, String region) throws InterruptedException {
        for (Place place : watched) {
            witnesses.add(Witness.of(
                    place.port(),
                    AREA,
                    FIRST,
                    BEAT,
                    (port, seen) -> say("  " + place.region()
                            + (seen.region().equals(Witness.NONE)
                                    ? " gives no decision (status " + seen.status() + ")"
                                    : " sends clients to " + seen.region()))));
        }
        for (Witness witness : witnesses) {
            if (!witness.await(seen -> seen.region().equals(region), 10, Duration.ofSeconds(20))) {
                throw new IllegalStateException("node on port " + witness.port() + ": does not send clients to "
                        + region + " within 20 s (expected: a healthy origin there)");
            }
        }
    }

    private void moves(Witness witness, String dead, long since, String what) throws InterruptedException {
        witness.await(
                seen -> !seen.region().equals(dead) && !seen.region().equals(Witness.NONE), 25, Duration.ofSeconds(15));
        String node = region(witness.port());
        double right = witness.firstMs(
                since, seen -> !seen.region().equals(dead) && !seen.region().equals(Witness.NONE));
        figures.put(what + ": first right answer of " + node + ", ms", right);
        figures.atMost(what + ": last wrong answer of " + node + ", ms", witness.lastMs(since, dead), 4000);
    }

    private void returns(Witness witness, String back, long since, String what) throws InterruptedException {
        boolean returned = witness.await(seen -> seen.region().equals(back), 3, Duration.ofSeconds(60));
        double after = returned ? witness.firstMs(since, seen -> seen.region().equals(back)) : Double.NaN;
        figures.put(what + ": in service again at " + region(witness.port()) + ", ms", after);
    }

    private String region(int port) {
        for (Place place : places) {
            if (place.port() == port) {
                return place.region();
            }
        }
        return "port " + port;
    }

    private void create(Place at, String rule, Place first) throws IOException, InterruptedException {
        List<String> targets = new ArrayList<>();
        targets.add(first.region());
        places.stream()
                .map(Place::region)
                .filter(region -> !targets.contains(region))
                .forEach(targets::add);
        String body = Api.rule(rule, targets.toArray(String[]::new)).replace("weighted_round_robin", "priority");
        remove(at, rule);
        must(at, "POST", "/api/v1/rules/create", body, 200);
    }

    private void change(Place at, String rule) throws IOException, InterruptedException {
        must(
                at,
                "POST",
                "/api/v1/rules/" + rule + "/update-weights",
                "{\"" + places.get(0).region() + "\":3,\"" + places.get(2).region() + "\":1}",
                200);
    }

    private static void remove(Place at, String rule) throws IOException, InterruptedException {
        try (Api api = new Api(at.port(), Duration.ofSeconds(5))) {
            if (api.get("/api/v1/rules/" + rule).done()) {
                must(at, "DELETE", "/api/v1/rules/" + rule, null, 204);
            }
        }
    }

    /** Writes until it is acknowledged, at most ten times; 503 says to come again. */
    private static void must(Place at, String method, String path, @Nullable String body, int other)
            throws IOException, InterruptedException {
        String last = "";
        for (int i = 0; i < 10; i++) {
            try (Api api = new Api(at.port(), Duration.ofSeconds(10))) {
                Api.Answer answer = api.call(method, path, body);
                if (answer.done() || answer.status() == other) {
                    return;
                }
                last = answer.status() + " " + answer.body();
                if (answer.status() != 503) {
                    break;
                }
            }
            settle(Duration.ofMillis(500));
        }
        throw new IllegalStateException(method + " " + path + " at " + at.region() + ": " + last + " (expected: 2xx)");
    }

    private static boolean decides(Place at, String rule) {
        return says(at, "/api/v1/route/" + AREA + "?rule_id=" + rule);
    }

    private static boolean says(Place at, String path) {
        try (Api api = new Api(at.port(), Duration.ofSeconds(2))) {
            return api.says(path);
        }
    }

    private static @Nullable String revision(Place at, String rule) {
        try (Api api = new Api(at.port(), Duration.ofSeconds(2))) {
            return api.revision(rule);
        } catch (IOException e) {
            return "unreachable";
        }
    }

    private static void command(Place place, String command) throws IOException {
        try (Api api = new Api(place.commandPort(), Duration.ofSeconds(5))) {
            Api.Answer answer = api.call("POST", "/command", command);
            if (!answer.done()) {
                throw new IOException("the origin of " + place.region() + ": " + answer.status() + " to " + command);
            }
        }
    }

    private interface Write {
        void run() throws IOException, InterruptedException;
    }

    private static double write(Write write) throws IOException, InterruptedException {
        long from = System.nanoTime();
        write.run();
        return (System.nanoTime() - from) / 1e6;
    }

    private void within(int seconds, String what, BooleanSupplier holds) throws InterruptedException {
        long from = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (secondsSince(from) > seconds) {
                throw new IllegalStateException("not within " + seconds + " s: " + what);
            }
            settle(BEAT);
        }
        say(what);
    }

    private static void settle(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private void say(String what) {
        lines.accept(String.format(Locale.ROOT, "%6.2f s  %s", secondsSince(start), what));
    }
}
