package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsistencyCheckTest {

    private static final int TARGETS = 3;
    private static final int RULES_OF_A_REGION = 25;

    private static DefinitionState state(Map<String, String> fields) {
        return DefinitionState.EMPTY.edited(Change.Kind.CREATED, fields);
    }

    private static DefinitionState rule(int first, String more) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.NAME, "x" + more);
        fields.put(Fields.ALGORITHM, "priority");
        fields.put(Fields.TARGET_REGIONS, "lab-" + first + ",lab-" + (first + 1) + ",lab-" + (first + 2));
        return state(fields);
    }

    /** So many rules and a twenty-fifth of that number of regions. */
    private static Map<DefinitionKey, DefinitionState> set(int rules, String more) {
        Map<DefinitionKey, DefinitionState> set = new HashMap<>();
        int regions = rules / RULES_OF_A_REGION;
        for (int i = 0; i < rules; i++) {
            set.put(DefinitionKey.rule(new RuleId("r-" + i)), rule(i % regions, more));
        }
        for (int i = 0; i < regions + TARGETS; i++) {
            set.put(
                    DefinitionKey.region(new RegionId("lab-" + i)),
                    state(Map.of(Fields.ENDPOINTS, "http://127.0.0.1:9" + (100 + i % 900))));
        }
        return set;
    }

    /** Bytes that it takes to judge a set before its first edit and again at each of them. */
    private static long bytes(int rules) {
        Catalog catalog = Catalog.empty(Checks.DEFAULTS).with(set(rules, ""));
        Map<DefinitionKey, DefinitionState> edited = set(rules, "y");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long beganNanos = System.nanoTime();
        ConsistencyCheck fitting = new ConsistencyCheck(region -> false, catalog, edited, key -> true);
        for (int round = 0; round < 2; round++) {
            edited.keySet().forEach(key -> assertThat(fitting.of(key, catalog)).isEmpty());
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        System.out.printf(
                "judging %d rules: %,d KiB, %d ms%n",
                rules, bytes / 1024, (System.nanoTime() - beganNanos) / 1_000_000);
        return bytes;
    }

    @Test
    void fourTimesTheRulesTakeFourTimesTheWork() {
        bytes(500);

        assertThat(bytes(2000) / (double) bytes(500)).isLessThan(6);
    }
}
