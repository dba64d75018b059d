package dev.windrose.decide.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditChainTest {

    private static AuditEvent event(int i) {
        return new AuditEvent(
                1_700_000_000_000L + i,
                "key:ada",
                "192.0.2.1",
                "r-" + i,
                "PATCH",
                "/api/v1/rules/web",
                200,
                "rule:web",
                Map.of("name", "a" + i),
                Map.of("name", "b" + i),
                "why",
                1);
    }

    private static List<AuditEntry> chain(String name, int length) {
        List<AuditEntry> entries = new ArrayList<>();
        String previous = AuditChain.START;
        for (int i = 1; i <= length; i++) {
            AuditEntry entry = AuditChain.next(name, i, previous, event(i));
            entries.add(entry);
            previous = entry.hash();
        }
        return entries;
    }

    private static String wrong(List<AuditEntry> entries) {
        return AuditChain.verify(entries.iterator(), List.of()).wrong();
    }

    @Test
    void nothingIsWrongWithChainsThatNobodyTouched() {
        List<AuditEntry> both = new ArrayList<>(chain("a", 20));
        both.addAll(chain("b", 10));

        AuditChain.Verified verified = AuditChain.verify(both.iterator(), List.of());

        assertThat(verified.wrong()).isNull();
        assertThat(verified.entries()).isEqualTo(30);
        assertThat(verified.chains())
                .containsEntry("a", new AuditChain.Seen(1, 20, both.get(19).hash()))
                .containsEntry("b", new AuditChain.Seen(1, 10, both.get(29).hash()))
                .hasSize(2);
    }

    @Test
    void whatIsOldMayBeMissingAndTheFirstNumberSaysSo() {
        AuditChain.Verified verified =
                AuditChain.verify(chain("a", 20).subList(7, 20).iterator(), List.of());

        assertThat(verified.wrong()).isNull();
        assertThat(verified.chains().get("a").first()).isEqualTo(8);
    }

    @Test
    void anEntryThatWasSeenBeforeMustBeThere() {
        List<AuditEntry> chain = chain("a", 20);
        List<AuditChain.Head> seen = List.of(
                new AuditChain.Head("a", 12, chain.get(11).hash()),
                new AuditChain.Head("a", 20, chain.get(19).hash()));
        List<AuditEntry> anew = new ArrayList<>(chain.subList(0, 10));
        for (int i = 11; i <= 20; i++) {
            anew.add(AuditChain.next("a", i, anew.get(i - 2).hash(), event(i + 100)));
        }

        assertThat(AuditChain.verify(chain.iterator(), seen).wrong()).isNull();
        assertThat(AuditChain.verify(chain.subList(0, 15).iterator(), seen).wrong())
                .isEqualTo("chain a, entry 20: was seen before, and the chain ends with entry 15");
        assertThat(AuditChain.verify(chain.subList(12, 20).iterator(), seen).wrong())
                .isEqualTo("chain a, entry 12: was seen before, and the chain begins with entry 13");
        assertThat(AuditChain.verify(anew.iterator(), seen).wrong())
                .isEqualTo("chain a, entry 12: had another hash when it was seen before: the chain was rewritten");
        assertThat(AuditChain.verify(chain("b", 3).iterator(), seen).wrong())
                .isEqualTo("chain a, entry 12: was seen before, and the complete chain is missing here");
    }

    @Test
    void everyChangeOfAnyFieldIsFound() {
        Forall.cases(random -> {
            List<AuditEntry> entries = chain("a", 12);
            int at = random.nextInt(12);
            AuditEntry entry = entries.get(at);
            entries.set(at, changed(entry, random));

            assertThat(wrong(entries)).isNotNull();
        });
    }

    private static AuditEntry changed(AuditEntry entry, Random random) {
        AuditEvent e = entry.event();
        AuditEvent changed = switch (random.nextInt(12)) {
            case 0 -> with(e, e.epochMs() + 1, e.who(), e.status(), e.before(), e.after(), e.reason());
            case 1 -> with(e, e.epochMs(), "key:bob", e.status(), e.before(), e.after(), e.reason());
            case 2 -> with(e, e.epochMs(), e.who(), 403, e.before(), e.after(), e.reason());
            case 3 -> with(e, e.epochMs(), e.who(), e.status(), Map.of(), e.after(), e.reason());
            case 4 -> with(e, e.epochMs(), e.who(), e.status(), e.before(), Map.of("name", "c"), e.reason());
            case 5 -> with(e, e.epochMs(), e.who(), e.status(), e.after(), e.before(), e.reason());
            case 6 -> with(e, e.epochMs(), e.who(), e.status(), e.before(), e.after(), "");
            case 7 -> e.times(2);
            default ->
                new AuditEvent(
                        e.epochMs(),
                        e.who(),
                        random.nextBoolean() ? "192.0.2.2" : e.from(),
                        e.requestId() + "x",
                        e.method(),
                        e.path(),
                        e.status(),
                        e.target(),
                        e.before(),
                        e.after(),
                        e.reason(),
                        e.count());
        };
        return new AuditEntry(entry.chain(), entry.sequence(), changed, entry.previous(), entry.hash());
    }

    private static AuditEvent with(
            AuditEvent e,
            long epochMs,
            String who,
            int status,
            Map<String, String> before,
            Map<String, String> after,
            String reason) {
        return new AuditEvent(
                epochMs,
                who,
                e.from(),
                e.requestId(),
                e.method(),
                e.path(),
                status,
                e.target(),
                before,
                after,
                reason,
                e.count());
    }

    @Test
    void whatIsTakenOutSwappedOrPutInIsFound() {
        Forall.cases(random -> {
            List<AuditEntry> entries = chain("a", 12);
            int at = 1 + random.nextInt(10);
            switch (random.nextInt(4)) {
                case 0 -> entries.remove(at);
                case 1 -> Collections.swap(entries, at, at + 1);
                case 2 -> entries.add(at, entries.get(at - 1));
                // As somebody would who knows how hashes are made, but cannot write all that follow.
                default ->
                    entries.set(
                            at, AuditChain.next("a", at + 1, entries.get(at - 1).hash(), event(99)));
            }

            assertThat(wrong(entries)).isNotNull();
        });
    }

    @Test
    void noTwoEventsReadAlike() {
        AuditEvent one = new AuditEvent(1, "ab", "c", "", "", "", 200, "", Map.of(), Map.of(), "", 1);
        AuditEvent other = new AuditEvent(1, "a", "bc", "", "", "", 200, "", Map.of(), Map.of(), "", 1);

        assertThat(AuditChain.next("x", 1, AuditChain.START, one).hash())
                .isNotEqualTo(AuditChain.next("x", 1, AuditChain.START, other).hash());
    }
}
