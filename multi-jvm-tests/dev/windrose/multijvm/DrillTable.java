package dev.windrose.multijvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the table of drills in docs/reliability.md from the lines that drills print, and from nothing else. Needs no class
 * path: {@code java multi-jvm-tests/dev/windrose/multijvm/DrillTable.java target/multi-jvm/drills.jsonl docs/reliability.md}.
 */
final class DrillTable {

    private static final String BEGIN = "<!-- drills -->";
    private static final String END = "<!-- end of drills -->";
    private static final Pattern LINE =
            Pattern.compile("\\{\"name\":\"((?:[^\"\\\\]|\\\\.)*)\".*\"figures\":\\{(.*)},\"verdict\":\"(\\w+)\"}");
    private static final Pattern FIGURE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\":(-?[0-9.E]+|null)");
    private static final Pattern NUMBER = Pattern.compile("^\\d+(?=[a-z]?:)");

    /** The newest line of each drill, those with a number first and in its order. */
    static List<String> rows(List<String> lines) {
        Map<String, String> newest = new TreeMap<>();
        for (String line : lines) {
            Matcher drill = LINE.matcher(line);
            if (drill.matches()) {
                String name = plain(drill.group(1));
                newest.put(key(name), "| " + name + " | " + figures(drill.group(2)) + " | " + drill.group(3) + " |");
            }
        }
        return new ArrayList<>(newest.values());
    }

    private static String key(String name) {
        Matcher number = NUMBER.matcher(name);
        return String.format("%03d", number.find() ? Integer.parseInt(number.group()) : 999) + name;
    }

    private static String figures(String text) {
        List<String> figures = new ArrayList<>();
        Matcher figure = FIGURE.matcher(text);
        while (figure.find()) {
            figures.add(plain(figure.group(1)) + " **" + rounded(figure.group(2)) + "**");
        }
        return String.join("; ", figures);
    }

    private static String rounded(String number) {
        if (number.equals("null")) {
            return "-";
        }
        double value = Double.parseDouble(number);
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : Double.toString(Math.round(value * 100) / 100.0);
    }

    private static String plain(String text) {
        return text.replace("\\\"", "'").replace("|", "/").replace("{", "").replace("}", "");
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: DrillTable LINES.jsonl DOCUMENT.md");
            System.exit(2);
        }
        List<String> table = new ArrayList<>(List.of(BEGIN, "", "| drill | figures | verdict |", "|---|---|---|"));
        table.addAll(rows(Files.readAllLines(Path.of(arguments[0]))));
        table.addAll(List.of("", END));
        Path document = Path.of(arguments[1]);
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            System.err.println(document + ": no place for the table (expected: " + BEGIN + " and " + END + ")");
            System.exit(2);
        }
        Files.writeString(
                document, text.substring(0, begin) + String.join("\n", table) + text.substring(end + END.length()));
    }

    private DrillTable() {}
}
