package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyCsvTest {

    private static final String HEAD = "from,to,rtt_ms,spread_ms,samples,age_seconds";

    private static List<LatencyMap.Place> parse(String text) {
        return LatencyCsv.parse(text.lines().iterator());
    }

    @Test
    void readsEveryKindOfPlace() {
        List<LatencyMap.Place> places = parse(HEAD + """

                europe,eu-west-1,30.5,2,10,60
                Europe,us-east-1,90
                192.0.2.0/24,eu-west-1,12,,5

                2001:db8:1::/48,eu-west-1,13
                @52:12,eu-west-1,14
                """);
        assertThat(places)
                .containsExactly(
                        new LatencyMap.Place(
                                "europe",
                                "",
                                30,
                                List.of(
                                        new LatencyMap.Leg("eu-west-1", 30.5, 2, 10, 60),
                                        new LatencyMap.Leg("us-east-1", 90, 9, 20, 0))),
                        new LatencyMap.Place(
                                "192.0.2.0/24", "", 5, List.of(new LatencyMap.Leg("eu-west-1", 12, 1.2, 5, 0))),
                        new LatencyMap.Place(
                                "2001:db8:1::/48", "", 20, List.of(new LatencyMap.Leg("eu-west-1", 13, 1.3, 20, 0))),
                        new LatencyMap.Place(
                                "@53:13", "", 20, List.of(new LatencyMap.Leg("eu-west-1", 14, 1.4, 20, 0))));
    }

    @Test
    void threeColumnsAreEnough() {
        assertThat(parse("from,to,rtt_ms\neurope,eu-west-1,0.01\nasia,eu-west-1,10000"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from,to,rtt | '' | line 1: head: 'from,to,rtt' (expected: ",
                "to,from,rtt_ms | '' | line 1: head: ",
                "from,to | a,b | line 1: head: ",
                "from,to,rtt_ms | '' | line 3: missing (expected: ",
                "from,to,rtt_ms | a,b | line 2: columns: 'a,b' (expected: 3 to 3, as in the header line)",
                "from,to,rtt_ms | a,b,1,2 | line 2: columns: ",
                "from,to,rtt_ms | a,b,0 | line 2: rtt_ms: '0' (expected: 0.01 to 10000)",
                "from,to,rtt_ms | a,b,-5 | line 2: rtt_ms: ",
                "from,to,rtt_ms | a,b,10000.1 | line 2: rtt_ms: ",
                "from,to,rtt_ms | a,b,NaN | line 2: rtt_ms: ",
                "from,to,rtt_ms | a,b,Infinity | line 2: rtt_ms: ",
                "from,to,rtt_ms | a,b,fast | line 2: rtt_ms: ",
                "from,to,rtt_ms | a b,b,1 | line 2: place: ",
                "from,to,rtt_ms | 10.0.0.0/8,b,1 | line 2: place: ",
                "from,to,rtt_ms | @1,b,1 | line 2: place: ",
                "from,to,rtt_ms | a,B!,1 | line 2: region: ",
                "from,to,rtt_ms,spread_ms | a,b,1,-1 | line 2: spread_ms: ",
                "from,to,rtt_ms,spread_ms,samples | a,b,1,1,0 | line 2: samples: ",
                "from,to,rtt_ms,spread_ms,samples,age_seconds | a,b,1,1,1,-1 | line 2: age_seconds: ",
            })
    void saysWhichLineIsWrong(String head, String line, String message) {
        assertThatThrownBy(() -> parse(head + "\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aPairIsSaidOnce() {
        assertThatThrownBy(() -> parse("from,to,rtt_ms\n@52:12,b,1\na,b,1\n@53:13,b,2"))
                .hasMessage("line 4: from,to: '@53:13,b' (expected: each pair once)");
    }

    @Test
    void nothingIsNoMatrix() {
        assertThatThrownBy(() -> parse("")).hasMessageStartingWith("line 1: missing");
    }

    @Test
    void linesAndTheirLengthsAreBounded() {
        Stream<String> endless = Stream.concat(
                Stream.of("from,to,rtt_ms"), Stream.iterate(0, i -> i + 1).map(i -> "p" + i + ",b,1"));
        assertThatThrownBy(() -> LatencyCsv.parse(endless.iterator()))
                .hasMessage("line 100001: too many (expected: at most 100000)");
        assertThatThrownBy(() -> parse("from,to,rtt_ms\na,b,1" + " ".repeat(100) + "x".repeat(1000)))
                .message()
                .startsWith("line 2: columns: ")
                .hasSizeLessThan(200);
    }

    @Test
    void noiseIsRefusedAndNothingElse() {
        Forall.cases(random -> {
            StringBuilder text = new StringBuilder(HEAD).append("\neurope,eu-west-1,30,2,10,60\n");
            for (int i = 0; i < 5; i++) {
                text.setCharAt(random.nextInt(text.length()), (char) (random.nextInt(126) + 1));
            }
            try {
                assertThat(parse(text.toString())).isNotEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("line ");
            }
        });
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Forall.cases(random -> {
            List<LatencyMap.Place> places = places(random);
            assertThat(parse(LatencyCsv.write(places)))
                    .usingRecursiveComparison()
                    .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b), Double.class)
                    .isEqualTo(places);
        });
    }

    private static List<LatencyMap.Place> places(Random random) {
        List<String> names =
                new ArrayList<>(List.of("europe", "us-east-1", "@53:13", "192.0.2.0/24", "2001:db8:1::/48"));
        Collections.shuffle(names, random);
        List<LatencyMap.Place> places = new ArrayList<>();
        for (String name : names.subList(0, 1 + random.nextInt(names.size()))) {
            List<LatencyMap.Leg> legs = new ArrayList<>();
            double weight = 0;
            for (int i = 0; i <= random.nextInt(8); i++) {
                double samples = (1 + random.nextInt(32_000)) / 1000.0;
                samples = Math.max(0.01, samples);
                weight += samples;
                legs.add(new LatencyMap.Leg(
                        "region-" + i,
                        (10 + random.nextInt(9_999_000)) / 1000.0,
                        random.nextInt(1_000_000) / 1000.0,
                        samples,
                        random.nextInt(1_000_000)));
            }
            places.add(new LatencyMap.Place(name, "", weight, legs));
        }
        return places;
    }

    @Test
    void aLargeMapIsWrittenAsFarAsItCanBeReadBack() {
        List<LatencyMap.Place> places = new ArrayList<>();
        List<LatencyMap.Leg> legs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            legs.add(new LatencyMap.Leg("region-" + i, 12.345, 1.25, 32, 60));
        }
        for (int i = 0; i < 20_000; i++) {
            places.add(new LatencyMap.Place("place-" + i, "", 256, legs));
        }
        List<LatencyMap.Place> read = parse(LatencyCsv.write(places));
        assertThat(read).hasSize(12_499).isEqualTo(places.subList(0, 12_499));
    }
}
