package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LiveLoadTest {

    private static final int ROUNDS = 300_000;

    private final LiveLoad load =
            new LiveLoad(0, new RuleCounters(new RuleId("web")), new RegionId("eu-west-1"), new CoarseClock());

    /** One decision at a time, and one more whose end is being counted. */
    @Test
    void outcomesThatAreReportedTwiceWhileOthersDecideNeverMakeATargetLookFull() throws Exception {
        AtomicBoolean decided = new AtomicBoolean();
        ExecutorService reporter = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> most = reporter.submit(() -> {
                int seen = 0;
                while (!decided.get()) {
                    load.finish(0, 5, true, 0);
                    seen = Math.max(seen, load.inFlight());
                }
                return seen;
            });
            int own = 0;
            for (int i = 0; i < ROUNDS; i++) {
                load.begin(0);
                own = Math.max(own, load.inFlight());
                load.finish(0, 5, true, 0);
            }
            decided.set(true);
            assertThat(own).isLessThanOrEqualTo(2);
            assertThat(most.get()).isLessThanOrEqualTo(2);
        } finally {
            decided.set(true);
            reporter.shutdown();
        }
        assertThat(load.inFlight()).isZero();
        assertThat(load.begun()).isEqualTo(ROUNDS);
    }

    @Test
    void whatIsGivenUpWhileItsOutcomeComesIsEndedOnce() {
        load.begin(3);
        load.begin(3);
        load.finish(3, 5, true, 0);
        load.forget(3);
        load.finish(3, 5, true, 0);
        assertThat(load.inFlight()).isZero();
        assertThat(load.begun()).isEqualTo(2);
    }
}
