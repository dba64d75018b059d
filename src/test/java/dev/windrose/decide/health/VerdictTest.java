package dev.windrose.decide.health;

import static dev.windrose.model.HealthStatus.HEALTHY;
import static dev.windrose.model.HealthStatus.UNHEALTHY;
import static dev.windrose.model.HealthStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.Authority;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    /** H healthy, D degraded, U unhealthy, ? unknown; the others in one word. */
    @ParameterizedTest
    @CsvSource({
        // The own view moves the own clients.
        "H, '',   ?, H",
        "D, '',   ?, D",
        "U, '',   ?, U",
        "U, HHH,  ?, U",
        "D, HH,   ?, D",
        // One observer with a broken link moves nobody else.
        "H, U,    ?, H",
        "H, UH,   ?, H",
        "H, UHH,  ?, H",
        "H, UUH,  ?, H",
        "D, U,    ?, D",
        // A majority of the live observers moves everybody.
        "H, UU,   ?, U",
        "H, UUU,  ?, U",
        "D, UUH,  ?, D",
        "D, UUUH, ?, U",
        "H, UUUHH,?, H",
        // Who has not looked does not vote.
        "H, U?,   ?, H",
        "H, UU??, ?, U",
        // Without an own view, what most of the others see; one alone takes nothing out.
        "?, H,    ?, H",
        "?, U,    ?, D",
        "?, UU,   ?, U",
        "?, UH,   ?, H",
        "?, DDH,  ?, D",
        "?, UDH,  ?, D",
        // Reports count only where nobody looks.
        "?, '',   U, U",
        "?, '',   D, D",
        "?, '',   H, H",
        "?, '',   ?, ?",
        "?, ??,   U, U",
        "H, '',   U, H",
        "U, '',   H, U",
        "?, H,    U, H",
    })
    void weighsEvidenceByAuthority(String own, String others, String reported, String expected) {
        assertThat(settled(status(own), statuses(others), status(reported))).isEqualTo(status(expected));
    }

    private static HealthStatus settled(HealthStatus own, Collection<HealthStatus> others, HealthStatus reported) {
        return new Evidence(UNKNOWN, Verdict.of(own, others, UNKNOWN).status(), UNKNOWN, reported).status();
    }

    @ParameterizedTest
    @CsvSource({
        "U, UU, EVERYBODY",
        "H, UU, EVERYBODY",
        "U, HH, OWN_CLIENTS",
        "D, DU, EVERYBODY",
        "D, HD, EVERYBODY",
        "D, HH, OWN_CLIENTS",
        "D, H,  OWN_CLIENTS",
        "U, '', OWN_CLIENTS",
        "H, HH, EVERYBODY",
        "H, '', OWN_CLIENTS",
        "?, '', NOBODY",
        "?, UU, EVERYBODY",
        "?, U,  OWN_CLIENTS",
    })
    void onlyAMajorityOfSeveralMovesEverybody(String own, String others, Verdict.Reach expected) {
        assertThat(Verdict.of(status(own), statuses(others), UNKNOWN).reach()).isEqualTo(expected);
    }

    /** What a majority has found stands until fewer than half see it. */
    @ParameterizedTest
    @CsvSource({
        "H, UUH, H, H",
        "H, UUH, U, U",
        "H, UHH, U, H",
        "H, U,   U, H", // one observer alone keeps nothing from the others
        "H, UU,  H, U",
        "H, UH,  U, H",
        "?, DDHH,D, D",
        "?, DDHH,H, H",
        "?, DHHH,D, H",
    })
    void aMajorityThatComesAndGoesWithOneVoiceStands(String own, String others, String before, String expected) {
        assertThat(Verdict.of(status(own), statuses(others), status(before)).status())
                .isEqualTo(status(expected));
    }

    /** Five observers that see an origin tremble, each for itself; where one more or less makes the majority. */
    @Test
    void theVerdictOfManyThatSeeATargetTrembleMovesItTwiceAMinuteAtMost() {
        Forall.cases(random -> {
            HealthCheck check = Checks.http(2, 2);
            List<HealthTrack> tracks = new ArrayList<>(Collections.nCopies(2 + random.nextInt(5), HealthTrack.NEW));
            HealthStatus verdict = UNKNOWN;
            int changes = 0;
            double fails = random.nextDouble();
            for (int second = 0; second < 1800; second++) {
                for (int i = 0; i < tracks.size(); i++) {
                    Reading reading = random.nextDouble() < fails
                            ? Reading.failed(5, "no answer")
                            : Reading.answered(check, 50 + 100 * random.nextDouble(), 0);
                    tracks.set(i, tracks.get(i).after(reading, check, 1000L * second));
                }
                List<HealthStatus> seen =
                        tracks.stream().map(HealthTrack::status).toList();
                HealthStatus now = Verdict.of(seen.get(0), seen.subList(1, seen.size()), verdict)
                        .status();
                changes += now != verdict ? 1 : 0;
                verdict = now;
            }
            assertThat(changes).isLessThanOrEqualTo(60);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "U, H, H, H, U, OVERRIDE",
        "H, U, U, U, H, OVERRIDE",
        "?, H, U, U, H, PROBE",
        "?, ?, U, H, U, PASSIVE",
        "?, ?, ?, D, D, REPORT",
        "?, ?, ?, ?, ?, NONE",
    })
    void believesTheHighestAuthorityThatHasSomethingToSay(
            String override, String probe, String passive, String report, String expected, Authority by) {
        Evidence evidence = new Evidence(status(override), status(probe), status(passive), status(report));
        assertThat(evidence.status()).isEqualTo(status(expected));
        assertThat(evidence.authority()).isEqualTo(by);
    }

    @Test
    void neverDependsOnTheOrderOfTheObservers() {
        Forall.cases(random -> {
            HealthStatus own = any(random);
            HealthStatus reported = any(random);
            List<HealthStatus> others = several(random);
            HealthStatus verdict = settled(own, others, reported);
            Collections.shuffle(others, random);
            assertThat(settled(own, others, reported)).isEqualTo(verdict);
        });
    }

    @Test
    void oneObserverAloneNeverTakesAnythingFromARegionThatReachesIt() {
        Forall.cases(random -> {
            List<HealthStatus> others = new ArrayList<>();
            for (int i = 0; i < random.nextInt(6); i++) {
                others.add(random.nextBoolean() ? HEALTHY : UNKNOWN);
            }
            others.add(UNHEALTHY);
            Collections.shuffle(others, random);
            assertThat(settled(HEALTHY, others, any(random))).isEqualTo(HEALTHY);
        });
    }

    @Test
    void oneMoreVoiceForDownNeverMakesItBetter() {
        Forall.cases(random -> {
            HealthStatus own = any(random);
            List<HealthStatus> others = several(random);
            others.add(HEALTHY);
            HealthStatus before = settled(own, others, UNKNOWN);
            others.set(others.size() - 1, UNHEALTHY);
            assertThat(settled(own, others, UNKNOWN)).isGreaterThanOrEqualTo(before);
        });
    }

    private static List<HealthStatus> several(Random random) {
        List<HealthStatus> several = new ArrayList<>();
        for (int i = 0; i < random.nextInt(8); i++) {
            several.add(any(random));
        }
        return several;
    }

    private static HealthStatus any(Random random) {
        return status("HDU?".substring(random.nextInt(4)).substring(0, 1));
    }

    private static List<HealthStatus> statuses(String letters) {
        return letters.chars().mapToObj(c -> status(Character.toString(c))).toList();
    }

    private static HealthStatus status(String letter) {
        return switch (letter) {
            case "H" -> HEALTHY;
            case "D" -> HealthStatus.DEGRADED;
            case "U" -> UNHEALTHY;
            default -> UNKNOWN;
        };
    }
}
