package dev.windrose;

import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * How costs of some nanoseconds are measured and shown: by many short measurements, of which the best says more than the mean
 * on a machine with neighbours.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 25, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class Measured {

    /** Prints a row for each result: its label, the named parameters, the best and the median in ns, and bytes per call. */
    public static void print(Collection<RunResult> results, String... params) {
        String head = params.length == 0 ? "" : String.join(" | ", params) + " | ";
        System.out.println("| what | " + head + "best ns | median ns | B/op |");
        System.out.println("|---|" + "---|".repeat(params.length) + "---|---|---|");
        for (RunResult result : results) {
            StringBuilder row =
                    new StringBuilder("| " + result.getPrimaryResult().getLabel());
            for (String param : params) {
                row.append(" | ").append(result.getParams().getParam(param));
            }
            Statistics ns = result.getPrimaryResult().getStatistics();
            Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
            System.out.printf(
                    Locale.ROOT,
                    "%s | %.0f | %.0f | %s |%n",
                    row,
                    ns.getMin(),
                    ns.getPercentile(50),
                    bytes == null ? "" : Math.round(bytes.getScore()));
        }
    }
}
