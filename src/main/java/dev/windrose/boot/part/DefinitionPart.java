package dev.windrose.boot.part;

import dev.windrose.boot.settings.DefinitionSection;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.front.api.ConflictResource;
import dev.windrose.front.api.EditResponses;
import dev.windrose.front.api.GeographicRuleResource;
import dev.windrose.front.api.HistoricalDefinitions;
import dev.windrose.front.api.HistoryResource;
import dev.windrose.front.api.JournalResource;
import dev.windrose.front.api.KeyResource;
import dev.windrose.front.api.PlanResource;
import dev.windrose.front.api.RegionResource;
import dev.windrose.front.api.RuleResource;
import dev.windrose.front.api.TimeResource;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Resource;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.definition.DefinitionPlane;
import dev.windrose.live.definition.RuleActor;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.edit.Writer;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.metric.MetricsArchive;
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

/** Definitions: rules, geographic rules, regions and keys; their present and past states, and their edits. */
public final class DefinitionPart implements Part {

    private static final Logger LOG = LoggerFactory.getLogger(DefinitionPart.class);

    /** For this long after a start, recent changes of other regions may take seconds to arrive. */
    private static final Duration SETTLING = Duration.ofSeconds(60);

    private static final Duration SETTLING_WAIT = Duration.ofSeconds(5);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

    /** The clock for the stamps of edits. */
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
    private final Slot<DefinitionPlane> rules = new Slot<>("rules");
    private final Slot<JournalHistory> history = new Slot<>("history");
    private final SetOnce<DataPlane> plane = new SetOnce<>("rules");
    private final SetOnce<Editor> editor = new SetOnce<>("editor");
    private final SetOnce<EditResponses> edits = new SetOnce<>("edits");
    private final SetOnce<HistoricalDefinitions> past = new SetOnce<>("past");
    private volatile @Nullable Long knownSinceNanos = null;

    public DefinitionPart(
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
        return List.of(DefinitionSection.RULE);
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
        edits.set(new EditResponses(writing, data.regions(), director, access.gate()));
        past.set(new HistoricalDefinitions(director, health.defaults(), history));
        access.whenUsed(this::used);
        data.running().check(RunningControlPlane.Check.DEFINITIONS, this::missing);
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        control.keep(
                rules,
                DefinitionPlane.start(
                        control.system(),
                        data.self(),
                        data.regions(),
                        data.settings().of(DefinitionSection.RULE),
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

    /** The editor's gateway, or null while no control plane is Up. */
    private @Nullable DefinitionGateway gateway() {
        DefinitionPlane running = rules.get();
        return running == null || !plane.get().running().isUp() || journal.writesAreLost() ? null : running.gateway();
    }

    /** The editor of definitions, for every writer. */
    Editor editor() {
        return editor.get();
    }

    /** The same for calls. */
    EditResponses edits() {
        return edits.get();
    }

    HistoricalDefinitions past() {
        return past.get();
    }

    private @Nullable String missing() {
        DefinitionPlane running = rules.get();
        return running == null
                ? "the control plane is not running"
                : running.knowledge().missing();
    }

    /** Records that a key was used: its secret has arrived. */
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
                        LOG.debug("use of key [{}] not recorded yet, cause [{}]", key.name(), outcome.detail());
                    }
                });
    }

    /**
     * How long an edit waits for an unknown region: longer shortly after a start, because regions that start together
     * also become known together.
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
        return List.of(
                new RuleResource(director, defaults, health::picture, archive, http, edits()),
                new GeographicRuleResource(director, http, edits()),
                new RegionResource(director, http, edits()),
                new KeyResource(director, data.clock(), http, edits()),
                new HistoryResource(past(), access.gate()),
                new TimeResource(director, past(), edits()),
                new PlanResource(data.self(), director, defaults, data.clock(), http, edits(), past()),
                new JournalResource(data.self(), director),
                new ConflictResource(director, http, edits()));
    }
}
