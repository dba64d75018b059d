package dev.windrose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents against what they describe: links, settings, meters, alarms and the messages that are quoted. */
class DocumentsTest {

    private static final Path METRICS = Path.of("docs/reference/metrics.md");
    private static final Path TROUBLE = Path.of("docs/how-to/troubleshooting.md");
    private static final Path MAIN = Path.of("src/main/java");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"></a>");
    private static final Pattern METER = Pattern.compile("\"(windrose(?:\\.[a-z]+)+)\"");
    private static final Pattern EXPORTED = Pattern.compile("`(windrose(?:_[a-z]+)+)");
    private static final Pattern QUOTED_MESSAGE = Pattern.compile("(?m)^### `(.+)`$");
    private static final Pattern LITERAL = Pattern.compile("\"([^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+)\"");

    @Test
    void everyLinkLeadsToAFileAndAnchorThatExist() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(withoutCode(text(document)));
            while (link.find()) {
                String to = link.group(1);
                if (!to.matches("[a-z]+:.*") && !leads(document, to)) {
                    broken.add(document + ": " + to);
                }
            }
        }

        assertThat(broken).as("links without a target").isEmpty();
    }

    @Test
    void everyDocumentIsReachedFromTheMap() {
        Path map = Path.of("docs/README.md");
        Set<Path> reached = new HashSet<>(Set.of(map));
        List<Path> open = new ArrayList<>(reached);
        while (!open.isEmpty()) {
            Path document = open.remove(open.size() - 1);
            Matcher link = LINK.matcher(withoutCode(text(document)));
            while (link.find()) {
                Path to = target(document, link.group(1).replaceFirst("#.*", ""));
                if (to.toString().endsWith(".md") && Files.exists(to) && reached.add(to)) {
                    open.add(to);
                }
            }
        }

        assertThat(documents())
                .filteredOn(document -> document.startsWith("docs"))
                .as("documents that no link from docs/README.md leads to")
                .allMatch(reached::contains);
    }

    @Test
    void theReferenceOfSettingsIsWhatTheSettingsFilesSay() throws IOException {
        String document = SettingsReference.document();
        if (Boolean.getBoolean("windrose.golden.write")) {
            Files.writeString(SettingsReference.FILE, document);
        }

        assertThat(Files.readString(SettingsReference.FILE))
                .as("%s; -Dwindrose.golden.write=true writes it anew", SettingsReference.FILE)
                .isEqualTo(document);
    }

    @Test
    void everyMeterIsDescribedAndNothingThatIsNoMeter() {
        Set<String> meters = new TreeSet<>();
        for (Path file : files(MAIN, name -> name.matches("(\\w*Meters|Alarms|LogLimit)\\.java"))) {
            METER.matcher(text(file)).results().forEach(found -> meters.add(exported(found.group(1))));
        }
        Set<String> described = new TreeSet<>();
        EXPORTED.matcher(text(METRICS)).results().forEach(found -> described.add(found.group(1)));

        assertThat(meters).hasSizeGreaterThan(40);
        assertThat(meters)
                .as("meters that %s does not describe", METRICS)
                .allMatch(meter -> described.stream().anyMatch(name -> name.equals(meter) || isForm(name, meter)));
        assertThat(described)
                .as("names in %s that are no meters", METRICS)
                .allMatch(name -> meters.stream().anyMatch(meter -> name.equals(meter) || isForm(name, meter)));
    }

    @Test
    void everyAlarmIsExplained() {
        Set<String> alarms = constants("Alarms.java", "([A-Z_]+)\\s*(?=,|})");

        assertThat(alarms).hasSizeGreaterThan(5);
        assertThat(alarms)
                .as("alarms without a heading in %s", TROUBLE)
                .allMatch(kind -> text(TROUBLE).contains("### Alarm `" + kind.toLowerCase(Locale.ROOT) + "`"));
    }

    @Test
    void everyTypeOfProblemIsExplained() {
        Set<String> kinds = constants("Problem.java", "([A-Z_]+)\\(\\d{3}");
        // Shown to callers as others are, see Problem.
        kinds.removeAll(Set.of("UNKNOWN_REFERENCE", "UNKNOWN_NAME", "UNKNOWN_KEY"));

        assertThat(kinds).hasSizeGreaterThan(15);
        assertThat(kinds)
                .as("types of problems that %s does not explain", TROUBLE)
                .allMatch(kind -> text(TROUBLE)
                        .contains("`" + kind.toLowerCase(Locale.ROOT).replace('_', '-') + "`"));
    }

    @Test
    void theNoticeAndTheSbomSpeakOfTheVersionsOfAkkaThatAreUsed() {
        String pom = text(Path.of("pom.xml"));
        String notice = text(Path.of("NOTICE"));

        List<String> versions = Pattern.compile("<akka[a-z-]*\\.version>([^<]+)<")
                .matcher(pom)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(versions).hasSize(4);
        assertThat(versions)
                .as("versions whose licence NOTICE and the SBOM's concluded licence in pom.xml must state anew")
                .allMatch(version -> notice.contains(" " + version + " ") && pom.contains(version.replace(".", "\\.")));
    }

    @Test
    void theMessagesThatAreQuotedAreInTheProgram() {
        List<String> literals = new ArrayList<>();
        for (Path file : files(MAIN, name -> name.endsWith(".java"))) {
            String joined = text(file).replaceAll("\"\\s*\\+\\s*\"", "");
            LITERAL.matcher(joined).results().forEach(found -> literals.add(found.group(1)));
        }
        List<String> quoted = QUOTED_MESSAGE
                .matcher(text(TROUBLE))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(quoted).isNotEmpty();
        assertThat(quoted)
                .as("headings of %s that no text of the program contains; `...` stands for what varies", TROUBLE)
                .allMatch(message -> Stream.of(message.split("\\.\\.\\."))
                        .map(String::strip)
                        .filter(part -> part.length() > 3)
                        .allMatch(part -> literals.stream().anyMatch(literal -> literal.contains(part))));
    }

    /** The name of a counter, a timer or a histogram as Prometheus shows it. */
    private static boolean isForm(String name, String meter) {
        return name.matches(Pattern.quote(meter) + "_(total|seconds|seconds_count|seconds_sum|seconds_max)");
    }

    private static String exported(String meter) {
        return meter.replace('.', '_');
    }

    /** The constants of the enum {@code Kind} in a file of main. */
    private static Set<String> constants(String name, String form) {
        String text = text(files(MAIN, name::equals).get(0)).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
        Matcher body = Pattern.compile("enum Kind \\{([^;}]*[;}])").matcher(text);
        assertThat(body.find()).as("an enum Kind in %s", name).isTrue();
        Set<String> constants = new TreeSet<>();
        Pattern.compile(form).matcher(body.group(1)).results().forEach(found -> constants.add(found.group(1)));
        return constants;
    }

    private static boolean leads(Path from, String to) {
        String[] parts = to.split("#", 2);
        Path target = target(from, parts[0]);
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1 || anchors(text(target)).contains(parts[1]);
    }

    private static Path target(Path from, String path) {
        if (path.isEmpty() || path.contains(":")) {
            return from;
        }
        Path parent = from.getParent();
        return (parent == null ? Path.of(path) : parent.resolve(path)).normalize();
    }

    /** Anchors as forges make them: small letters, no punctuation, hyphens for spaces, a number for repetitions. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        ANCHOR.matcher(text).results().forEach(found -> anchors.add(found.group(1)));
        for (String line : withoutFences(text).lines().toList()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String plain = heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
                String anchor = plain.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                int again = 0;
                while (!anchors.add(again == 0 ? anchor : anchor + "-" + again)) {
                    again++;
                }
            }
        }
        return anchors;
    }

    private static String withoutCode(String text) {
        return withoutFences(text).replaceAll("`[^`\n]*`", "");
    }

    private static String withoutFences(String text) {
        return text.replaceAll("(?ms)^\\s*```.*?^\\s*```$", "");
    }

    private static List<Path> documents() {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> top = Files.list(Path.of(""))) {
            top.filter(path -> path.toString().endsWith(".md")).forEach(all::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        all.addAll(files(Path.of("docs"), name -> name.endsWith(".md")));
        all.addAll(files(Path.of(".github"), name -> name.endsWith(".md")));
        return all;
    }

    private static List<Path> files(Path root, Predicate<String> name) {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> name.test(String.valueOf(path.getFileName())))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
