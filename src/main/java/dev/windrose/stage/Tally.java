package dev.windrose.stage;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of the requests of the traffic, since the start and since the last line. Safe for all threads. */
public final class Tally {

    /**
     * What became of all requests.
     *
     * @param decided requests that a node decided
     * @param undecided requests that no node decided, also not the second one asked
     * @param askedAgain requests whose first node did not answer
     * @param failed calls of the chosen endpoint that failed
     * @param skipped requests not asked, because all clients were busy for 2 s after they were due
     * @param unreported batches of outcomes that their node did not take
     * @param regions decisions by region
     */
    public record Summary(
            Duration time,
            long decided,
            long undecided,
            long askedAgain,
            long failed,
            long skipped,
            long unreported,
            Map<String, Long> regions,
            double p50Ms,
            double p99Ms) {

        /** One line for people. */
        public String line() {
            StringBuilder line = new StringBuilder();
            double seconds = Math.max(1e-3, time.toMillis() / 1e3);
            line.append(String.format(Locale.ROOT, "%.1f requests/s, ", decided / seconds));
            line.append(undecided).append(" undecided, ").append(failed).append(" failed calls");
            if (askedAgain > 0) {
                line.append(", ").append(askedAgain).append(" asked again");
            }
            if (skipped > 0) {
                line.append(", ").append(skipped).append(" skipped");
            }
            if (unreported > 0) {
                line.append(", ").append(unreported).append(" batches not reported");
            }
            regions.forEach((region, count) ->
                    line.append(String.format(Locale.ROOT, ", %s %.1f %%", region, 100.0 * count / decided)));
            line.append(String.format(Locale.ROOT, ", p50 %.1f ms, p99 %.1f ms", p50Ms, p99Ms));
            return line.toString();
        }
    }

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int REGIONS_AT_MOST = 64;

    /** Counts of one stretch of time. */
    private static final class Counts {
        private long decided;
        private long undecided;
        private long askedAgain;
        private long failed;
        private long skipped;
        private long unreported;
        private long refusedWith;
        private final Map<String, Long> regions = new TreeMap<>();
        private final LatencyHistogram latencies = new LatencyHistogram();

        private void add(Counts other) {
            decided += other.decided;
            undecided += other.undecided;
            askedAgain += other.askedAgain;
            failed += other.failed;
            skipped += other.skipped;
            unreported += other.unreported;
            other.regions.forEach((region, count) -> regions.merge(region, count, Long::sum));
            latencies.add(other.latencies);
        }

        private Summary summary(Duration time) {
            return new Summary(
                    time,
                    decided,
                    undecided,
                    askedAgain,
                    failed,
                    skipped,
                    unreported,
                    java.util.Collections.unmodifiableMap(new TreeMap<>(regions)),
                    latencies.ms(0.5),
                    latencies.ms(0.99));
        }
    }

    private final Counts before = new Counts();
    private Counts now = new Counts();
    private long nowSince = System.nanoTime();

    synchronized void decided(String region, long nanos) {
        now.decided++;
        boolean known = now.regions.containsKey(region) || now.regions.size() < REGIONS_AT_MOST;
        now.regions.merge(known ? region : "others", 1L, Long::sum);
        now.latencies.addNanos(nanos);
    }

    synchronized void refused(int status) {
        now.refusedWith = status;
    }

    synchronized void undecided() {
        now.undecided++;
    }

    synchronized void askedAgain() {
        now.askedAgain++;
    }

    synchronized void followed(boolean served) {
        now.failed += served ? 0 : 1;
    }

    synchronized void skipped() {
        now.skipped++;
    }

    synchronized void unreported() {
        now.unreported++;
    }

    /** The line of the time since the last one. */
    synchronized String since() {
        long time = System.nanoTime();
        Counts stretch = now;
        now = new Counts();
        before.add(stretch);
        String line = LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + " "
                + stretch.summary(Duration.ofNanos(time - nowSince)).line();
        nowSince = time;
        return stretch.refusedWith == 0 ? line : line + ", last refusal with status " + stretch.refusedWith;
    }

    synchronized Summary total(Duration time) {
        Counts all = new Counts();
        all.add(before);
        all.add(now);
        return all.summary(time);
    }
}
