package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {

    private static final Places PLACES = new Places(Set.of("my_office", "eu-west-1", "uk-dc"));

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "uk, gb",
        "UK, gb",
        "U.K., gb",
        "GBR, gb",
        "United Kingdom, gb",
        "united_kingdom, gb",
        "UNITED-KINGDOM, gb",
        "Scotland, gb",
        "Great Britain, gb",
        "eu, europe",
        "EU, europe",
        "European Union, europe",
        "Europe, europe",
        "germany, de",
        "Deu, de",
        "dd, de",
        "ddr, de",
        "el, gr",
        "Greece, gr",
        "su, ru",
        "yu, rs",
        "cs, rs",
        "tp, tl",
        "zr, cd",
        "bu, mm",
        "Burma, mm",
        "fx, fr",
        "an, cw",
        "Côte d’Ivoire, ci",
        "Cote d'Ivoire, ci",
        "Türkiye, tr",
        "Turkey, tr",
        "Bosnia & Herzegovina, ba",
        "Bosnia and Herzegovina, ba",
        "Congo - Kinshasa, cd",
        "Hong Kong, hk",
        "USA, us",
        "United States, us",
        "The Netherlands, nl",
        "Czech Republic, cz",
        "kosovo, xk",
        "North America, north-america",
        "us_east, us-east",
        "US-EAST-1, us-east-1",
        "us-east-1a, us-east-1",
        "Eu-West-9, eu-west-9",
        "eu-west-9b, eu-west-9",
        "my_office, my_office",
        "My_Office, my_office",
    })
    void aPlaceIsFoundHoweverItIsWritten(String written, String place) {
        assertThat(PLACES.find(written)).isEqualTo(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "euorpe",
                "xx",
                "narnia",
                "zz",
                "826",
                "276",
                "ast",
                "us-eas",
                "eu-wset-1",
                "gremany",
                "narnia-1",
                "us-east-",
                "-",
                "",
                "u k",
                "europe-",
                "日本",
                "us-east-1aa",
                "moon-9x"
            })
    void whatNobodyKnowsIsNoPlace(String written) {
        // A name that reads as another one but for its punctuation is that one: "u k" is the UK, "europe-" is Europe.
        boolean readsAsOne = written.equals("u k") || written.equals("europe-") || written.equals("us-east-");
        assertThat(PLACES.find(written) != null).isEqualTo(readsAsOne);
    }

    @Test
    void whatSomebodyRegisteredGoesBeforeCountries() {
        assertThat(new Places(Set.of("uk")).find("UK")).isEqualTo("uk");
        assertThat(Areas.lineage("uk", Set.of())).containsExactly("uk", "gb", "europe");
        assertThat(PLACES.find("uk-dc")).isEqualTo("uk-dc");
    }

    /** CLDR's names are those of the JDK that runs the test: one that it adds or changes is to be taken over. */
    @Test
    void everyCountryOfTheJdkIsKnownByItsCodesAndItsEnglishName() {
        for (String code : Locale.getISOCountries()) {
            Locale country = new Locale("", code);
            String name = country.getDisplayCountry(Locale.ENGLISH);
            String lower = code.toLowerCase(Locale.ROOT);
            assertThat(Countries.area(lower)).as(code).isNotNull();
            assertThat(PLACES.find(name)).as(name).isEqualTo(lower);
            assertThat(PLACES.find(name.toUpperCase(Locale.ROOT))).as(name).isEqualTo(lower);
            assertThat(PLACES.find(name.replace(' ', '_'))).as(name).isEqualTo(lower);
            assertThat(PLACES.find(code)).isEqualTo(lower);
            try {
                assertThat(PLACES.find(country.getISO3Country())).as(code).isEqualTo(lower);
            } catch (MissingResourceException e) {
                assertThat(code).isEqualTo("XK");
            }
        }
    }

    @Test
    void everyOtherNameMeansAPlaceThatIsKnown() {
        for (String name : Areas.names()) {
            assertThat(PlaceNames.canonical(name)).as(name).isEqualTo(name);
        }
        assertThat(Areas.names()).containsAll(PlaceNames.meanings());
        for (String name : RegionCatalogue.names()) {
            assertThat(PlaceNames.meaning(name)).as(name).isNull();
        }
    }

    @Test
    void spacesAroundANameAreIgnored() {
        for (String name : List.of("  de", "GERMANY ", " Germany ", " eu-west-1 ")) {
            assertThat(PlaceNames.isPlace(name)).as(name).isTrue();
        }
        assertThat(PlaceNames.canonical("  de")).isEqualTo("de");
        assertThat(PlaceNames.canonical(" Germany ")).isEqualTo("de");
        assertThat(PlaceNames.canonical(" EU-west-1 ")).isEqualTo("eu-west-1");
        for (String name : List.of("", "  ", "-de", " -de", "\tde", "\u0301de")) {
            assertThat(PlaceNames.isPlace(name)).as(name).isFalse();
        }
    }

    @Test
    void anyTextIsReadAndWhatIsFoundIsFoundAgain() {
        Forall.cases(5000, random -> {
            int length = random.nextInt(80);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append((char) (random.nextInt(3) == 0 ? random.nextInt(0x3000) : 32 + random.nextInt(95)));
            }
            String found = PLACES.find(text.toString());
            if (found != null) {
                assertThat(PLACES.find(found)).as("of [%s]", text).isEqualTo(found);
            }
        });
    }

    @ParameterizedTest(name = "{0} lies in {1}")
    @CsvSource({
        "us-east, us",
        "us-west-2, us",
        "ca-central-1, ca",
        "ca-west, north-america",
        "westeurope, europe",
        "europe-west3, europe",
        "eastus, us",
        "asia-south1, asia",
        "australia-southeast1, oceania",
    })
    void aRegionOfACloudLiesInTheCountryOrAreaAroundIt(String place, String area) {
        assertThat(Areas.lineage(place, Set.of())).contains(area);
    }
}
