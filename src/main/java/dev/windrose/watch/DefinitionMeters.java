package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The meters of rules, their journal and their exchange between regions. Registered once per node. */
public final class DefinitionMeters {

    /** Times a connection to the journal's database was borrowed: one for each statement or transaction. */
    public static final String BORROWED = "windrose.journal.borrowed";

    /** Bytes of an embedded journal's files, its log included. */
    public static final String BYTES = "windrose.journal.bytes";

    /** Highest place of this region's journal that is known to be whole. */
    public static final String HEAD = "windrose.journal.head";

    /** Missing numbers in the journal's order that were given up. */
    public static final String GAPS = "windrose.journal.gaps";

    /** Events of region {@code source} that this region has persisted. */
    public static final String APPLIED = "windrose.replication.applied";

    /** Place in the journal of region {@code source} up to which this region has taken over. */
    public static final String CURSOR = "windrose.replication.cursor";

    /** Highest place of the journal of region {@code source}, as last heard. */
    public static final String SOURCE_HEAD = "windrose.replication.source.head";

    /** Definitions of region {@code source} that are parked. */
    public static final String PARKED = "windrose.replication.parked";

    /** Definitions whose state differs from that in region {@code source}, at the last exchange of digests. */
    public static final String DIFFERENT = "windrose.replication.different";

    /** Definitions that cannot be read from the journal while the others can: they serve their last good state. */
    public static final String ASIDE = "windrose.rule.aside";

    /** Changes that this region lacked, and took from region {@code source} because nothing brought them. */
    public static final String MENDED = "windrose.replication.mended";

    /** Definitions of which an acknowledged change lost a merge to one that did not know it. */
    public static final String CONFLICTS = "windrose.rule.conflicts";

    /** Definitions that merged into what is not valid; what cannot be used of them keeps its default. */
    public static final String INVALID = "windrose.rule.invalid";

    /** Time until an edit is in the journal. */
    public static final String EDIT = "windrose.rule.edit";

    /** Edits by {@code result}. */
    public static final String EDITS = "windrose.rule.edits";

    private final MeterRegistry registry;
    private final Alarms alarms;
    private final LongAdder borrowed = new LongAdder();
    private final AtomicLong head;
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong invalid = new AtomicLong();
    private final Counter gaps;
    private final Timer edit;
    private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();
    private volatile LongSupplier bytes = () -> 0;

    /** Meters whose alarms nobody is shown, such as those of a command. */
    public DefinitionMeters(MeterRegistry registry) {
        this(registry, new Alarms(registry, System::currentTimeMillis));
    }

    public DefinitionMeters(MeterRegistry registry, Alarms alarms) {
        this.registry = registry;
        this.alarms = alarms;
        this.head = new AtomicLong();
        registry.gauge(HEAD, head);
        this.gaps = registry.counter(GAPS);
        registry.gauge(CONFLICTS, conflicts);
        registry.gauge(INVALID, invalid);
        this.edit = Timer.builder(EDIT).publishPercentiles(0.5, 0.99).register(registry);
        FunctionCounter.builder(BORROWED, borrowed, LongAdder::sum).register(registry);
    }

    public void conflicts(int definitions) {
        conflicts.set(definitions);
    }

    public void invalid(int definitions) {
        invalid.set(definitions);
    }

    /** What is wrong with the journal and with replication now. */
    public Alarms alarms() {
        return alarms;
    }

    public void borrowed() {
        borrowed.increment();
    }

    /** Asks there how large an embedded journal is. */
    public void journalBytes(LongSupplier now) {
        bytes = now;
        registry.gauge(BYTES, this, meters -> meters.bytes.getAsLong());
    }

    public void head(long ordering) {
        head.set(ordering);
    }

    public void gap(long missing) {
        gaps.increment((double) missing);
    }

    public void applied(String source) {
        registry.counter(APPLIED, "source", source).increment();
    }

    public void cursor(String source, long ordering) {
        gauge(CURSOR, "source", source).set(ordering);
    }

    public void sourceHead(String source, long ordering) {
        gauge(SOURCE_HEAD, "source", source).set(ordering);
    }

    public void parked(String source, int definitions) {
        gauge(PARKED, "source", source).set(definitions);
    }

    public void aside(int definitions) {
        gauge(ASIDE, "source", "journal").set(definitions);
    }

    public void mended(String source, int changes) {
        registry.counter(MENDED, "source", source).increment(changes);
    }

    public void different(String source, int definitions) {
        gauge(DIFFERENT, "source", source).set(definitions);
    }

    public void edited(Duration took, String result) {
        edit.record(took);
        registry.counter(EDITS, "result", result).increment();
    }

    private AtomicLong gauge(String name, String... tags) {
        return gauges.computeIfAbsent(name + String.join(",", tags), key -> {
            AtomicLong value = new AtomicLong();
            registry.gauge(name, Tags.of(tags), value);
            return value;
        });
    }
}
