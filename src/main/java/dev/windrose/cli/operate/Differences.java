package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Output;
import java.io.PrintWriter;

/** Differences of definitions for people: {@code +} created, {@code -} removed, {@code ~} changed, a line for each field, and {@code !} for a warning. */
public final class Differences {

    /** Shows an answer with {@code definitions}, each with {@code definition}, {@code action} and {@code fields}. */
    public static void show(PrintWriter out, Output form, JsonNode answer) {
        if (form != Output.table) {
            form.one(out, answer);
            return;
        }
        if (answer.path("definitions").isEmpty()) {
            out.println("no differences");
        }
        for (JsonNode definition : answer.path("definitions")) {
            show(out, definition);
        }
        answer.path("warnings").forEach(warning -> out.println("! " + warning.asText()));
        out.flush();
    }

    /** Shows one of them. */
    public static void show(PrintWriter out, JsonNode definition) {
        String remark = definition.path("remark").asText("");
        out.println(sign(definition.path("action").asText()) + " "
                + definition.path("definition").asText() + (remark.isEmpty() ? "" : "   (" + remark + ")"));
        for (JsonNode field : definition.path("fields")) {
            String note = field.path("drift").asBoolean() ? "   (changed by someone else)" : "";
            out.println("    " + field.path("field").asText() + ": " + value(field.path("before")) + " -> "
                    + value(field.path("after")) + note);
        }
    }

    private static String sign(String action) {
        return switch (action) {
            case "created" -> "+";
            case "removed" -> "-";
            case "changed" -> "~";
            default -> " ";
        };
    }

    private static String value(JsonNode node) {
        return node.isNull() || node.isMissingNode() ? "none" : node.toString();
    }

    private Differences() {}
}
