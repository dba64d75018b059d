package dev.windrose.live.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Tables;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.edit.EditOutcome.Why;
import dev.windrose.live.table.TableInMemory;
import dev.windrose.model.Algorithm;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.Grant;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.TargetHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The edit path by itself: definitions in memory, no HTTP. */
class EditorTest {

    private static final RegionId US = Tables.US;
    private static final RegionId EU = Tables.EU;
    private static final DefinitionKey WEB = DefinitionKey.rule(new RuleId("web"));
    private static final Map<String, String> WHOLE = DefinitionCodec.fields(
            Tables.rule(new RuleId("web"), Algorithm.PRIORITY, List.of(US, EU)), Checks.DEFAULTS);
    private static final Writer.Automatic MACHINE = Writer.Automatic.of(US);

    private final TableInMemory table = new TableInMemory(US, Checks.DEFAULTS);
    private final List<Map<DefinitionKey, DefinitionState>> unheard = new ArrayList<>();
    private final List<AuditEvent> audited = new ArrayList<>();
    private final RequestEdits written = new RequestEdits();

    /** Whether the table hears of edits at once; else when the test lets it. */
    private boolean hears = true;

    private final GatewayInMemory gateway = new GatewayInMemory(Checks.DEFAULTS, this::heard);
    private @Nullable DefinitionGateway open = gateway;
    private final Editor editor = new Editor(
            table.director(), () -> open, Checks.DEFAULTS, Set.of(US, EU), audited::add, () -> 1_000, Runnable::run);

    private void heard(Map<DefinitionKey, DefinitionState> definitions) {
        if (hears) {
            table.hear(definitions);
        } else {
            unheard.add(definitions);
        }
    }

    private static Writer.Person person(String grant) {
        return new Writer.Person(
                Principal.of(Principal.Kind.KEY, "key:ada", List.of(Grant.parse(grant))),
                Permission.EDIT,
                null,
                "key:ada");
    }

    private static EditRequest edit(Change.Kind kind, Map<String, String> fields) {
        return edit(WEB, kind, fields, null);
    }

    private static EditRequest edit(
            DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable IdempotencyKey request) {
        return new EditRequest(key, kind, fields, null, "a test", request);
    }

    private static EditOutcome now(CompletionStage<EditOutcome> outcome) {
        assertThat(outcome.toCompletableFuture()).isCompleted();
        return outcome.toCompletableFuture().join();
    }

    private EditOutcome asAdmin(EditRequest edit) {
        return now(editor.edit(person("admin"), edit, written));
    }

    private void define() {
        assertThat(asAdmin(edit(Change.Kind.CREATED, WHOLE))).isInstanceOf(EditOutcome.Done.class);
    }

    private static void isNotDone(EditOutcome outcome, Why why, String detail) {
        assertThat(outcome).isInstanceOfSatisfying(EditOutcome.NotDone.class, notDone -> {
            assertThat(notDone.why()).isEqualTo(why);
            assertThat(notDone.detail()).contains(detail);
        });
    }

    private @Nullable String name() {
        return gateway.state(WEB).text(Fields.NAME);
    }

    @Test
    void anEditIsInTheJournalAndInTheTableWhenItIsAnswered() {
        define();

        EditOutcome outcome = asAdmin(edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop")));

        assertThat(outcome).isInstanceOfSatisfying(EditOutcome.Done.class, done -> {
            assertThat(done.before().text(Fields.NAME)).isEqualTo("web");
            assertThat(done.after().text(Fields.NAME)).isEqualTo("Shop");
            assertThat(done.repeats()).isNull();
        });
        assertThat(name()).isEqualTo("Shop");
        assertThat(gateway.done()).extracting(DefinitionGateway.Edit::author).containsOnly("key:ada");
        assertThat(table.director().catalog().rules().get(new RuleId("web")).name())
                .isEqualTo("Shop");
    }

    @Test
    void whoeverWroteIsAnsweredWhenTheTableIsToldAndNotBefore() {
        hears = false;
        CompletableFuture<EditOutcome> outcome = editor.edit(person("admin"), edit(Change.Kind.CREATED, WHOLE), written)
                .toCompletableFuture();
        assertThat(gateway.state(WEB).exists()).isTrue();
        assertThat(outcome).isNotDone();

        table.see((rule, target) -> TargetHealth.UNKNOWN);
        assertThat(outcome).as("another table without the edit").isNotDone();

        table.hear(unheard.get(0));
        assertThat(outcome).isCompleted();
    }

    @Test
    void aTableThatIsLateDoesNotMakeTheEditUndone() throws Exception {
        hears = false;

        EditOutcome outcome = editor.edit(person("admin"), edit(Change.Kind.CREATED, WHOLE), written)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);

        assertThat(outcome).isInstanceOf(EditOutcome.Done.class);
    }

    @Test
    void aFreezeHoldsForPeopleAndForWhatActsByItselfButNotForTrafficThatLeavesTrouble() {
        define();
        String frozen = PolicyText.text(
                new SafetyRules(1, 1, List.of(new SafetyRules.Freeze(0, System.currentTimeMillis() + 3_600_000))));
        assertThat(asAdmin(edit(Change.Kind.CHANGED, Map.of(Fields.SAFETY, frozen))))
                .isInstanceOf(EditOutcome.Done.class);

        isNotDone(asAdmin(edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop"))), Why.FROZEN, "safety.freezes");
        isNotDone(
                now(editor.edit(MACHINE, edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop")))),
                Why.FROZEN,
                "safety.freezes");
        assertThat(name()).isEqualTo("web");
        FailoverMark out = new FailoverMark(true, 5, "us-east-1", "us-east-1 unhealthy");
        assertThat(now(editor.edit(
                        MACHINE,
                        edit(Change.Kind.FAILED_OVER, Map.of(Fields.failover(US, null), PolicyText.text(out))))))
                .isInstanceOf(EditOutcome.Done.class);
    }

    @Test
    void aPersonEditsOnlyWhatTheirGrantsCover() {
        define();

        isNotDone(
                now(editor.edit(
                        person("editor;region=eu-west-1"),
                        edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop")),
                        written)),
                Why.FORBIDDEN,
                "key:ada: not allowed to edit this");
        assertThat(name()).isEqualTo("web");
        assertThat(now(editor.edit(
                        person("editor;region=us-east-1;region=eu-west-1"),
                        edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop")),
                        written)))
                .isInstanceOf(EditOutcome.Done.class);
    }

    @Test
    void theSameRequestAskedAgainIsDoneOnce() {
        IdempotencyKey request = new IdempotencyKey("a1", "c1", true);
        EditRequest create = edit(WEB, Change.Kind.CREATED, WHOLE, request);
        assertThat(asAdmin(create)).isInstanceOf(EditOutcome.Done.class);
        assertThat(written.isReplayed()).isFalse();

        assertThat(asAdmin(create))
                .isInstanceOfSatisfying(
                        EditOutcome.Done.class,
                        done -> assertThat(done.repeats()).isEqualTo(Change.Kind.CREATED));

        assertThat(written.isReplayed()).isTrue();
        assertThat(written.rewrites()).hasSize(1);
        assertThat(gateway.done()).hasSize(1);
        isNotDone(
                asAdmin(edit(WEB, Change.Kind.CHANGED, Map.of(Fields.NAME, "x"), new IdempotencyKey("a1", "c2", true))),
                Why.REUSED,
                "Idempotency-Key");
        isNotDone(asAdmin(edit(Change.Kind.CREATED, WHOLE)), Why.EXISTS, "web exists");
    }

    @Test
    void whatAStalledJournalDoesNotAnswerIsUnknownAndWhatItDoesNotTakeIsNotDone() {
        define();
        EditRequest rename = edit(Change.Kind.CHANGED, Map.of(Fields.NAME, "Shop"));
        open = (key, asked) ->
                CompletableFuture.failedFuture(new DefinitionGateway.OutcomeUnknown("it did not answer"));
        assertThat(asAdmin(rename)).isEqualTo(new EditOutcome.Unknown("it did not answer"));
        open = (key, asked) -> {
            throw new IllegalStateException("its actors are stopping");
        };
        assertThat(asAdmin(rename)).isInstanceOf(EditOutcome.Unknown.class);

        open = (key, asked) ->
                CompletableFuture.failedFuture(new DefinitionGateway.Unavailable("not taken", Duration.ofSeconds(7)));
        assertThat(asAdmin(rename))
                .isEqualTo(new EditOutcome.NotDone(Why.UNAVAILABLE, null, "not taken", Duration.ofSeconds(7)));
        open = null;
        isNotDone(asAdmin(rename), Why.UNAVAILABLE, "control plane of this node is not running");
        assertThat(written.rewrites()).as("only the definition").hasSize(1);
    }

    @Test
    void theAuditNamesWhatActedByItself() {
        define();
        assertThat(audited).as("the front tells of people").isEmpty();
        FailoverMark out = new FailoverMark(true, 5, "us-east-1", "us-east-1 unhealthy");
        EditRequest left = new EditRequest(
                WEB,
                Change.Kind.FAILED_OVER,
                Map.of(Fields.failover(US, null), PolicyText.text(out)),
                null,
                "us-east-1 unhealthy",
                null);

        now(editor.edit(MACHINE, left));
        now(editor.edit(MACHINE, left));

        assertThat(audited)
                .as("what changes nothing is no change")
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.who()).isEqualTo("windrose@us-east-1");
                    assertThat(event.target()).isEqualTo("rule:web");
                    assertThat(event.reason()).isEqualTo("us-east-1 unhealthy");
                    assertThat(event.before()).isEmpty();
                    assertThat(event.after()).containsOnlyKeys(Fields.failover(US, null));
                    assertThat(event.epochMs()).isEqualTo(1_000);
                });
    }

    @Test
    void whatActsByItselfDoesNotWaitForTheTable() {
        define();
        hears = false;
        FailoverMark out = new FailoverMark(true, 5, "us-east-1", "us-east-1 unhealthy");

        assertThat(now(editor.edit(
                        MACHINE,
                        edit(Change.Kind.FAILED_OVER, Map.of(Fields.failover(US, null), PolicyText.text(out))))))
                .isInstanceOf(EditOutcome.Done.class);
    }

    @Test
    void aMergeIsMadeOfWhatOthersHaveWrittenMeanwhile() {
        define();
        DefinitionState seen = gateway.state(WEB);
        gateway.heardElsewhere(
                WEB,
                new Change(
                        Change.Kind.CHANGED,
                        Map.of(Fields.NAME, "Theirs"),
                        Stamp.next(System.currentTimeMillis(), "eu-west-1", seen.heard()),
                        "bob",
                        ""));

        Editor.Merged merged = editor.merge(
                        person("admin"),
                        edit(Change.Kind.CHANGED, Map.of()),
                        written,
                        true,
                        seen,
                        there -> new Editor.Texts(
                                Change.Kind.CHANGED, Map.of(Fields.NAME, there.text(Fields.NAME) + " and mine")))
                .toCompletableFuture()
                .join();

        assertThat(merged.outcome()).isInstanceOf(EditOutcome.Done.class);
        assertThat(merged.before().text(Fields.NAME)).isEqualTo("Theirs");
        assertThat(name()).isEqualTo("Theirs and mine");
    }

    @Test
    void whatIsReplacedIsMadeWhereItIsNotThereUnlessItMustBe() {
        EditRequest whole = edit(Change.Kind.CHANGED, WHOLE);
        EditRequest seen = new EditRequest(WEB, Change.Kind.CHANGED, WHOLE, "0123456789abcdef", "", null);

        Editor.Replaced refused = editor.replace(person("admin"), seen, written)
                .toCompletableFuture()
                .join();
        isNotDone(refused.outcome(), Why.MISSING, "web");
        assertThat(editor.replace(person("admin"), whole, written)
                        .toCompletableFuture()
                        .join()
                        .created())
                .isTrue();
        assertThat(editor.replace(person("admin"), whole, written)
                        .toCompletableFuture()
                        .join()
                        .created())
                .isFalse();
    }

    @Test
    void noRegionIsTakenAwayFromRulesThatNeedIt() {
        RegionId lab = new RegionId("lab-1");
        DefinitionKey region = DefinitionKey.region(lab);
        asAdmin(edit(region, Change.Kind.CREATED, Map.of(Fields.ENDPOINTS, "http://127.0.0.1:9001"), null));
        asAdmin(edit(
                WEB,
                Change.Kind.CREATED,
                DefinitionCodec.fields(
                        Tables.rule(new RuleId("web"), Algorithm.PRIORITY, List.of(lab, EU)), Checks.DEFAULTS),
                null));

        isNotDone(asAdmin(edit(region, Change.Kind.REMOVED, Map.of(), null)), Why.IN_USE, "in use by rule:web");
        assertThat(gateway.state(region).exists()).isTrue();
    }
}
