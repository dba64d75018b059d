package dev.windrose.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.YamlText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The forms in which answers are shown. JSON and YAML show all that was answered; a table shows what people look for. */
public enum Output {
    table,
    json,
    yaml;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Shows a list: in a table these columns, as paths within each item. */
    public void list(PrintWriter out, JsonNode whole, JsonNode items, List<String> columns) {
        if (this != table) {
            print(out, whole);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Output::title).toList());
        for (JsonNode item : items) {
            rows.add(columns.stream().map(column -> text(at(item, column))).toList());
        }
        print(out, rows);
    }

    /** Shows one thing: in a table a line for each value, and what is probably not meant below. */
    public void one(PrintWriter out, JsonNode thing) {
        if (this != table) {
            print(out, thing);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        JsonNode warnings = thing.path("warnings");
        flatten(
                "",
                thing instanceof ObjectNode object ? object.deepCopy().without(List.of("changed", "warnings")) : thing,
                rows);
        print(out, rows);
        thing.path("changed").forEach(change -> out.println("changed: " + change.asText()));
        warnings.forEach(warning -> out.println("warning: " + warning.asText()));
        out.flush();
    }

    private static JsonNode at(JsonNode item, String column) {
        return item.at("/" + column.replace('.', '/'));
    }

    private static String title(String column) {
        return column.substring(column.lastIndexOf('.') + 1)
                .toUpperCase(java.util.Locale.ROOT)
                .replace('_', ' ');
    }

    private void print(PrintWriter out, JsonNode node) {
        try {
            out.println(this == yaml ? YamlText.of(node).stripTrailing() : JSON.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
        out.flush();
    }

    private static void flatten(String name, JsonNode node, List<List<String>> rows) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(each -> flatten(
                            name.isEmpty() ? each.getKey() : name + "." + each.getKey(), each.getValue(), rows));
        } else if (node.isArray() && !node.isEmpty() && node.get(0).isObject()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(name + "[" + i + "]", node.get(i), rows);
            }
        } else if (!node.isMissingNode()) {
            rows.add(List.of(name, text(node)));
        }
    }

    /** A value in a cell. */
    static String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty())) {
            return "-";
        }
        if (node.isArray()) {
            List<String> parts = new ArrayList<>();
            node.forEach(each -> parts.add(text(each)));
            return String.join(",", parts);
        }
        if (node.isObject()) {
            List<String> parts = new ArrayList<>();
            node.properties().forEach(each -> parts.add(each.getKey() + "=" + text(each.getValue())));
            return String.join(",", parts);
        }
        if (node.isFloatingPointNumber()) {
            double number = Math.round(node.doubleValue() * 1000) / 1000.0;
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
        return node.asText();
    }

    private static void print(PrintWriter out, List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                line.append(" "
                        .repeat(
                                i == row.size() - 1
                                        ? 0
                                        : widths.get(i) - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
