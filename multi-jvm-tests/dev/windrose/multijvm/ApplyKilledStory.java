package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Figures;
import dev.windrose.stage.LatencyHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code windrose apply} is killed, or the node that it speaks to, before, among and after its writes, and applied again, there
 * or in another region.
 */
@Tag("drill")
class ApplyKilledStory {

    private static final long SEED = 23;
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String OWNER = "drill";
    private static final String WRITE = "POST /api/v1/apply";

    /** Who is killed, and when the next apply comes. */
    private enum Kind {
        /** The command; the next one is started then. */
        COMMAND,
        /** The command; the next one runs already, and asks as soon as it is gone. */
        COMMAND_AT_ONCE,
        /** The node, which is started again before the next apply. */
        NODE,
        /** The node, which is started again after the next apply, in another region. */
        NODE_STAYS_AWAY
    }

    /** When the kill comes. */
    private enum Point {
        BEFORE,
        AMONG,
        AFTER
    }

    /** Thirty rounds have every kind at every point. */
    private static final List<Kind> KINDS = List.of(
            Kind.COMMAND, Kind.COMMAND_AT_ONCE, Kind.NODE, Kind.COMMAND, Kind.COMMAND_AT_ONCE, Kind.NODE_STAYS_AWAY);

    private static final List<Point> POINTS = List.of(Point.AMONG, Point.BEFORE, Point.AMONG, Point.AFTER, Point.AMONG);

    /** One round. */
    private record Round(int number, Kind kind, Point point, int at, int again, Set<String> edited) {

        String author() {
            return "drill-" + number;
        }

        /** Whether the next apply is where one may not know yet what the first has written. */
        boolean asksElsewhereAtOnce() {
            return kind == Kind.NODE_STAYS_AWAY || (kind == Kind.COMMAND_AT_ONCE && at != again);
        }
    }

    private final Random random = new Random(SEED);
    private final LatencyHistogram writes = new LatencyHistogram();
    private final LatencyHistogram agreed = new LatencyHistogram();
    private final long[] hits = new long[Point.values().length];
    private long steps;
    private long misplanned;
    private long ended;
    private long wrongCode;
    private long notDone;
    private long notEmpty;
    private long differing;
    private long doubled;
    private long elsewhere;
    private long writtenTwice;
    private double longestAgain;
    private double firstWriteMs = 1000;

    @Test
    void anApplyThatIsKilledIsFinishedByTheNext() throws Exception {
        int rounds = Drill.times(30);
        Figures figures = new Figures("apply is killed half-way", SEED);
        try (Cluster cluster = Cluster.start("apply-killed", Cluster.SMALL)) {
            DefinitionFiles files = new DefinitionFiles(
                    Cluster.data("apply-killed").resolve("rules"),
                    random,
                    "http://127.0.0.1:" + cluster.origin(0).port());
            Shell shell = new Shell(Cluster.logs("apply-killed"));
            Recorded recorded = new Recorded(cluster, OWNER, SOON);
            Shell.Ran first = shell.run(cluster.node(0).port(), apply(files, "drill-0"));
            assertThat(first.code()).as(first.said()).isZero();
            figures.put("definitions", files.manifests().size());
            figures.put("apply of all of them, undisturbed, s", first.seconds());
            recorded.awaitAgreement();
            for (int i = 1; i <= rounds; i++) {
                int at = random.nextInt(3);
                Kind kind = KINDS.get(i % KINDS.size());
                int again = kind == Kind.NODE_STAYS_AWAY ? (at + 1 + random.nextInt(2)) % 3 : random.nextInt(3);
                Round round = new Round(i, kind, POINTS.get(i % POINTS.size()), at, again, files.edit());
                run(round, cluster, files, shell, recorded);
            }
            doubled += recorded.doubledAtTheEnd(files.edits(), files.creations());
        }
        figures.put("rounds", rounds);
        figures.put("writes of a round", (double) steps / rounds);
        figures.put("time of a write, p50, ms", writes.ms(0.5));
        figures.put("kills before the first write", hits[Point.BEFORE.ordinal()]);
        figures.atLeast("kills among the writes", hits[Point.AMONG.ordinal()], rounds / 3.0);
        figures.put("kills after the last write", hits[Point.AFTER.ordinal()]);
        figures.put("commands that had ended when the kill came", ended);
        figures.atMost("plans that name something else than was edited", misplanned, 0);
        figures.atMost("commands that ended with another code than 4 when their node was killed", wrongCode, 0);
        figures.atMost("applies again that did not end with 0", notDone, 0);
        figures.put("apply again, longest, s", longestAgain);
        figures.atMost("plans afterwards that were not empty", notEmpty, 0);
        figures.put("all regions equal after apply again, longest, s", agreed.maxMs() / 1000);
        figures.atMost("definitions that differ among regions or from the files", differing, 0);
        figures.atMost("changes doubled", doubled, 0);
        figures.put(
                "rounds in which another region was asked at once, or while the node was away, after writes",
                elsewhere);
        figures.put("changes that it wrote a second time", writtenTwice);
        Drill.report(figures);
    }

    private static String[] words(String verb, DefinitionFiles files, String... more) {
        List<String> words =
                new ArrayList<>(List.of(verb, "-f", files.directory().toString(), "--set", OWNER, "--prune"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static String[] apply(DefinitionFiles files, String author) {
        return words("apply", files, "--author", author, "--reason", OWNER, "--timeout", "60s");
    }

    private void run(Round round, Cluster cluster, DefinitionFiles files, Shell shell, Recorded recorded)
            throws Exception {
        steps += round.edited().size();
        misplanned += recorded.planned(round.at(), files.manifests()).equals(round.edited()) ? 0 : 1;
        Shell.Ran again = round.kind() == Kind.COMMAND_AT_ONCE
                ? killedAndAtOnce(round, cluster, files, shell)
                : killedAndAgain(round, cluster, files, shell);
        notDone += again.code() == 0 ? 0 : 1;
        if (round.kind() != Kind.COMMAND_AT_ONCE) {
            // The other kind waits before its node while the first goes on.
            longestAgain = Math.max(longestAgain, again.seconds());
        }
        Shell.Ran plan = shell.run(cluster.node(round.again()).port(), words("plan", files, "--exit-code"));
        notEmpty += plan.code() == 0 && plan.said().equals("no differences\n") ? 0 : 1;
        if (round.kind() == Kind.NODE_STAYS_AWAY) {
            cluster.node(round.at()).start();
            cluster.awaitReady();
        }
        agreed.addNanos(recorded.awaitAgreement());
        for (int region = 0; region < 3; region++) {
            notEmpty += recorded.planned(region, files.manifests()).isEmpty() ? 0 : 1;
            differing += recorded.differing(region, files.manifests());
        }
        Recorded.Counts counts = recorded.counts(round.edited(), files.edits(), round.author() + "-killed");
        if (round.asksElsewhereAtOnce()) {
            elsewhere += counts.byAuthor() > 0 ? 1 : 0;
            writtenTwice += counts.beyond();
        } else {
            doubled += counts.beyond();
        }
        Point hit = counts.byAuthor() == 0
                ? Point.BEFORE
                : counts.byAuthor() < round.edited().size() ? Point.AMONG : Point.AFTER;
        hits[hit.ordinal()]++;
        System.out.printf(
                "%s: %s at %d, %s %d of %d writes; again at %d: %d in %.1f s, %d twice %s%s%n",
                round.author(),
                round.kind(),
                round.at(),
                hit,
                counts.byAuthor(),
                round.edited().size(),
                round.again(),
                again.code(),
                again.seconds(),
                counts.beyond(),
                again.code() == 0 ? "" : again.said(),
                plan.code() == 0 ? "" : plan.said());
    }

    private Shell.Ran killedAndAgain(Round round, Cluster cluster, DefinitionFiles files, Shell shell)
            throws Exception {
        int port = cluster.node(round.at()).port();
        try (Tap tap = Tap.to(port, WRITE);
                Shell.Running first = shell.start(tap.port(), apply(files, round.author() + "-killed"))) {
            awaitPoint(round, first, tap);
            if (round.kind() == Kind.COMMAND) {
                first.kill();
                ended += first.ended().code() == 0 ? 1 : 0;
            } else {
                cluster.node(round.at()).kill();
                Shell.Ran told = first.ended();
                ended += told.code() == 0 ? 1 : 0;
                if (told.code() != 4 && told.code() != 0) {
                    wrongCode++;
                    System.out.println(round.author() + ": " + told.code() + " " + told.said());
                }
            }
        }
        if (round.kind() == Kind.NODE) {
            cluster.node(round.at()).start();
            cluster.awaitReady();
        }
        return shell.run(cluster.node(round.again()).port(), apply(files, round.author() + "-again"));
    }

    /** The next command has read its files and stands before the node when the first is killed. */
    private Shell.Ran killedAndAtOnce(Round round, Cluster cluster, DefinitionFiles files, Shell shell)
            throws Exception {
        try (Tap gate = Tap.holding(cluster.node(round.again()).port(), WRITE);
                Shell.Running next = shell.start(gate.port(), apply(files, round.author() + "-again"))) {
            awaitWhile(next, () -> gate.connected() == 0);
            try (Tap tap = Tap.to(cluster.node(round.at()).port(), WRITE);
                    Shell.Running first = shell.start(tap.port(), apply(files, round.author() + "-killed"))) {
                awaitPoint(round, first, tap);
                first.kill();
                gate.release();
                ended += first.ended().code() == 0 ? 1 : 0;
                return next.ended();
            }
        }
    }

    private void awaitPoint(Round round, Shell.Running command, Tap tap) throws InterruptedException {
        int all = round.edited().size();
        switch (round.point()) {
            case BEFORE -> TimeUnit.MICROSECONDS.sleep((long) (random.nextDouble() * firstWriteMs * 1000));
            case AMONG -> {
                int begun = 1 + random.nextInt(all);
                awaitWhile(command, () -> tap.asked() < 1);
                long first = System.nanoTime();
                firstWriteMs = (first - command.startedNanos()) / 1e6;
                awaitWhile(command, () -> tap.asked() < begun);
                if (begun > 1) {
                    writes.addNanos((System.nanoTime() - first) / (begun - 1));
                }
                // Somewhere in this write, for most of which the node waits until its table has it.
                TimeUnit.MICROSECONDS.sleep(random.nextInt(120_000));
            }
            case AFTER -> {
                // The plan is answered as well.
                awaitWhile(command, () -> tap.answered() < all + 1);
                TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
            }
        }
    }

    /** Returns when that is over or the command has ended, soon after. */
    private static void awaitWhile(Shell.Running command, BooleanSupplier goesOn) throws InterruptedException {
        long until = System.nanoTime() + SOON.toNanos();
        while (goesOn.getAsBoolean() && command.alive()) {
            assertThat(System.nanoTime() - until)
                    .as("windrose came so far in time, see " + command.log())
                    .isNegative();
            TimeUnit.MICROSECONDS.sleep(500);
        }
    }
}
