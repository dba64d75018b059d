package dev.windrose.boot.part;

import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.RuleSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.front.http.ConflictResource;
import dev.windrose.front.http.Edits;
import dev.windrose.front.http.GeographicRuleResource;
import dev.windrose.front.http.HistoryResource;
import dev.windrose.front.http.HttpSettings;
import dev.windrose.front.http.JournalResource;
import dev.windrose.front.http.KeyResource;
import dev.windrose.front.http.Past;
import dev.windrose.front.http.PlanResource;
import dev.windrose.front.http.RegionResource;
import dev.windrose.front.http.Resource;
import dev.windrose.front.http.RuleResource;
import dev.windrose.front.http.TimeResource;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.edit.Writer;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.rule.RuleActor;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.live.rule.RulePlane;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.TableKeeper;
import dev.windrose.model.ApiKey;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Definitions: rules, geographic rules, regions and keys, as they are, were, and are edited. */
public final class RulePart implements Part {

    private static final Logger LOG = LoggerFactory.getLogger(RulePart.class);

    /** For this long after a start, what other regions have just made may take seconds to come. */
    private static final Duration SETTLING = Duration.ofSeconds(60);

    private static final Duration SETTLING_WAIT = Duration.ofSeconds(5);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

    /** The time by which edits are stamped. */
    private record EditClock(NodeClock clock, long offAtMostMs) implements RuleActor.Clock {

        @Override
        public long epochMs() {
            return clock.epochMs();
        }

        @Override
        public @Nullable String off() {
            return clock.off();
        }
    }

    private final JournalPart journal;
    private final HealthPart health;
    private final TablePart table;
    private final AccessPart access;
    private final MetricPart metrics;
    private final AuditPart audit;
    private final Slot<RulePlane> rules = new Slot<>("rules");
    private final Slot<JournalHistory> history = new Slot<>("history");
    private final Started<DataPlane> plane = new Started<>("rules");
    private final Started<Editor> editor = new Started<>("editor");
    private final Started<Edits> edits = new Started<>("edits");
    private final Started<Past> past = new Started<>("past");
    private volatile @Nullable Long knownSinceNanos = null;

    public RulePart(
            JournalPart journal,
            HealthPart health,
            TablePart table,
            AccessPart access,
            MetricPart metrics,
            AuditPart audit) {
        this.journal = journal;
        this.health = health;
        this.table = table;
        this.access = access;
        this.metrics = metrics;
        this.audit = audit;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(RuleSection.RULE);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        Director director = table.director();
        Editor writing = editor.set(new Editor(
                director,
                this::gateway,
                health.defaults(),
                data.regions(),
                audit.log()::record,
                data.clock()::epochMs,
                data.system().executionContext()));
        edits.set(new Edits(writing, data.regions(), director, access.gate()));
        past.set(new Past(director, health.defaults(), history));
        access.whenUsed(this::used);
        data.running().check(Running.Check.DEFINITIONS, this::missing);
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        control.keep(
                rules,
                RulePlane.start(
                        control.system(),
                        data.self(),
                        data.regions(),
                        data.settings().of(RuleSection.RULE),
                        control.of(journal.opened).database(),
                        health.defaults(),
                        new EditClock(
                                data.clock(),
                                data.settings().node().clockAlarmBeyond().toMillis()),
                        definitions -> table.tell(new TableKeeper.DefinitionsHeard(definitions)),
                        () -> table.tell(TableKeeper.StillCurrent.INSTANCE),
                        control.actors(),
                        journal.meters()));
        control.keep(
                history,
                new JournalHistory(
                        control.system(),
                        control.of(journal.opened).database(),
                        RuleActor.TYPE,
                        data.self().value(),
                        data.clock()::epochMs,
                        data.pools().questions));
    }

    /** Where the editor writes, or null while there is no control plane that is Up. */
    private @Nullable RuleGateway gateway() {
        RulePlane running = rules.get();
        return running == null || !plane.get().running().isUp() || journal.writesAreLost() ? null : running.gateway();
    }

    /** Where definitions are edited, whoever edits. */
    Editor editor() {
        return editor.get();
    }

    /** The same for calls. */
    Edits edits() {
        return edits.get();
    }

    Past past() {
        return past.get();
    }

    private @Nullable String missing() {
        RulePlane running = rules.get();
        return running == null
                ? "the control plane is not running"
                : running.knowledge().missing();
    }

    /** Records that a key was used, so its secret has arrived. */
    private void used(ApiKey key) {
        editor().edit(
                        Writer.Automatic.of(plane.get().self()),
                        new EditRequest(
                                DefinitionKey.key(key.name()),
                                Change.Kind.CHANGED,
                                Map.of(Fields.USED_HASH, key.mark()),
                                null,
                                "its secret was used",
                                null))
                .thenAccept(outcome -> {
                    if (!(outcome instanceof EditOutcome.Done)) {
                        LOG.debug("the use of key [{}] is not recorded yet, cause [{}]", key.name(), outcome.detail());
                    }
                });
    }

    /**
     * How long an edit waits for a region that is not known here: longer while this node has just started, as regions that
     * start together do.
     */
    Duration onItsWay() {
        Long since = knownSinceNanos;
        if (missing() != null) {
            knownSinceNanos = null;
            return Duration.ZERO;
        }
        long now = System.nanoTime();
        if (since == null) {
            knownSinceNanos = now;
            return SETTLING_WAIT;
        }
        return now - since < SETTLING.toNanos() ? SETTLING_WAIT : USUAL_WAIT;
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        HttpSettings http = data.settings().of(HttpSection.HTTP);
        Director director = table.director();
        HealthCheck defaults = health.defaults();
        Supplier<@Nullable MetricsArchive> archive = metrics.archive;
        RuleResource ruleCalls =
                new RuleResource(editor(), director, defaults, health::picture, archive, http, edits());
        return List.of(
                ruleCalls,
                new GeographicRuleResource(director, http, edits(), ruleCalls),
                new RegionResource(director, http, edits(), ruleCalls),
                new KeyResource(director, data.clock(), http, edits()),
                new HistoryResource(past(), access.gate()),
                new TimeResource(director, past(), edits()),
                new PlanResource(data.self(), director, defaults, data.clock(), http, edits(), past()),
                new JournalResource(data.self(), director),
                new ConflictResource(director, http, edits()));
    }
}
