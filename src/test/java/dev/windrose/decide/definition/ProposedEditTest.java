package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are asked for again while nobody knows whether they were answered. */
class ProposedEditTest {

    private static final DefinitionKey KEY = DefinitionKey.parse("rule:web");
    private static final String HERE = "us-east-1";

    private DefinitionState state = DefinitionState.EMPTY;
    private long now = 1_000;

    private ProposedEdit ask(String step) {
        Change.Kind kind = switch (step.charAt(0)) {
            case '+' -> Change.Kind.CREATED;
            case '-' -> Change.Kind.REMOVED;
            default -> state.exists() ? Change.Kind.CHANGED : Change.Kind.CREATED;
        };
        Map<String, String> fields = kind == Change.Kind.REMOVED
                ? Map.of()
                : Map.of("name", step, "algorithm", "priority", "target_regions", HERE);
        return new ProposedEdit(kind, fields, null, "ada", "", new IdempotencyKey(step, step, false));
    }

    private ProposedEdit.Verdict verdict(String step) {
        return ask(step).on(KEY, state, id -> true, now++, HERE, Checks.DEFAULTS);
    }

    private String answer(String step) {
        ProposedEdit.Verdict verdict = verdict(step);
        if (verdict instanceof ProposedEdit.Write write) {
            state = state.after(write.change());
            return "made";
        }
        return verdict instanceof ProposedEdit.Refused refused ? refused.why().name() : "repeated";
    }

    @ParameterizedTest(name = "{0}: the last is {1}")
    @CsvSource({
        "=A =A,       repeated",
        "=A =B =B,    repeated",
        "=A =B =A,    made", // B is in force
        "=B =A =B =A, made",
        "+A +A,       repeated",
        "+A =B +A,    repeated", // it was created, whoever changed it since
        "+A - +A,     made",
        "+A - -,      repeated",
        "+A - +B -,   made",
        "=A - =A,     made",
    })
    void withoutAKeyARequestIsARepetitionOnlyWhileWhatItWroteIsInForce(String steps, String last) {
        String answer = "";
        for (String step : steps.split(" ")) {
            answer = answer(step);
        }
        assertThat(answer).isEqualTo(last);
    }

    @Test
    void theStampsOfARegionGrowAlsoAfterAnAcknowledgementAndWithAClockThatWentBack() {
        answer("+A");
        Stamp lost = new Stamp(500_000, "eu-west-1");
        state = state.after(
                new Change(Change.Kind.CHANGED, Map.of("name", "x"), lost, "ben", "", Map.of(), null, null));
        assertThat(Conflict.of(state)).isNotEmpty();
        Stamp acknowledged = new Stamp(900_000, HERE);
        state = state.after(new Change(
                Change.Kind.ACKNOWLEDGED,
                Map.of(),
                acknowledged,
                "ada",
                "",
                state.causes().heard(),
                null,
                null));
        assertThat(verdict("=B"))
                .isInstanceOfSatisfying(
                        ProposedEdit.Write.class,
                        write -> assertThat(write.change().stamp()).isGreaterThan(acknowledged));
    }

    private static DefinitionState done(boolean keyed, int number, long epochMs) {
        String id = (keyed ? "keyed " : "bare ") + number;
        return DefinitionState.EMPTY.after(new Change(
                Change.Kind.CHANGED,
                Map.of("name", id),
                new Stamp(epochMs, HERE),
                "ada",
                "",
                new HashMap<>(),
                new IdempotencyKey(id, id, keyed),
                null));
    }

    @Test
    void requestsWithoutAKeyPushNoneWithAKeyOutAndAreForgottenAfterAMinute() {
        DefinitionState all = done(true, 0, 1_000);
        for (int i = 0; i < 100; i++) {
            all = all.merge(done(false, i, 2_000 + i));
        }
        assertThat(all.causes().done("keyed 0")).isNotNull();
        assertThat(all.causes().done()).hasSize(1 + CausalContext.DONE_WITHOUT_KEY_AT_MOST);
        assertThat(all.causes().done("bare 99")).isNotNull();

        all = all.merge(done(false, 100, 2_000 + 99 + 60_000));
        assertThat(all.causes().done("bare 99")).as("60 s old").isNotNull();
        assertThat(all.causes().done("bare 98")).isNull();
        assertThat(all.causes().done("keyed 0")).isNotNull();
    }

    @Test
    void whatIsRememberedIsTheSameInWhateverOrderStatesMerge() {
        Forall.cases(random -> {
            List<DefinitionState> states = IntStream.range(0, 150)
                    .mapToObj(i -> done(random.nextInt(3) == 0, i, 1_000 + random.nextInt(150_000)))
                    .toList();
            DefinitionState one = DefinitionState.EMPTY;
            DefinitionState left = DefinitionState.EMPTY;
            DefinitionState right = DefinitionState.EMPTY;
            for (DefinitionState each : states) {
                one = one.merge(each);
                left = random.nextBoolean() ? left.merge(each) : left;
            }
            for (int i = states.size() - 1; i >= 0; i--) {
                right = right.merge(states.get(i));
            }
            assertThat(right.causes().done()).isEqualTo(one.causes().done());
            assertThat(left.merge(right).causes().done()).isEqualTo(one.causes().done());
        });
    }
}
