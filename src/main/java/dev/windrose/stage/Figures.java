package dev.windrose.stage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** What a measurement found: named figures in order, and whether the lines it had to reach were reached. */
public final class Figures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode line = JSON.createObjectNode();
    private final ObjectNode figures = JSON.createObjectNode();
    private final StringBuilder table = new StringBuilder();
    private boolean passed = true;

    public Figures(String name, long seed) {
        line.put("name", name).put("seed", seed);
        line.set("figures", figures);
        table.append("| ").append(name).append(" | figure | wanted |\n|---|---|---|\n");
    }

    /** A figure without a line to reach. */
    public Figures put(String name, double value) {
        return row(name, value, "", true);
    }

    public Figures atMost(String name, double value, double limit) {
        return row(name, value, "<= " + number(limit), value <= limit);
    }

    public Figures atLeast(String name, double value, double limit) {
        return row(name, value, ">= " + number(limit), value >= limit);
    }

    private Figures row(String name, double value, String wanted, boolean reached) {
        figures.put(name, Math.round(value * 1000) / 1000.0);
        table.append("| ")
                .append(name)
                .append(" | ")
                .append(number(value))
                .append(" | ")
                .append(wanted);
        table.append(reached ? " |\n" : " **missed** |\n");
        passed &= reached;
        return this;
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.3f", value);
    }

    public boolean passed() {
        return passed;
    }

    /** A table in Markdown. */
    public String table() {
        return table.toString();
    }

    /** One line of JSON: name, seed, figures, verdict. */
    public String json() {
        return line.deepCopy().put("verdict", passed ? "passed" : "missed").toString();
    }
}
