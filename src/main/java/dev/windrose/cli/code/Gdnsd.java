package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resources of gdnsd's plugins {@code weighted}, {@code simplefo} and {@code multifo}: a rule for each. A zone tells which
 * names they answer.
 */
final class Gdnsd {

    private static final Pattern TOKEN = Pattern.compile("\"([^\"]*)\"|=>|[{}\\[\\],=]|[^\\s{}\\[\\],=\"#]+");
    private static final int DEEPEST = 16;

    private final List<String> tokens = new ArrayList<>();
    private int at = 0;

    private Gdnsd(String text) {
        Matcher matcher = TOKEN.matcher(text.replaceAll("(?m)#.*$", ""));
        while (matcher.find()) {
            tokens.add(matcher.group(1) != null ? matcher.group(1) : matcher.group());
        }
    }

    /** @param zone the text of a zone file, or empty */
    static ImportResult read(String config, String zone, String scheme) {
        ImportResult imported = new ImportResult();
        JsonNode root = new Gdnsd(config).object(0);
        root.properties().forEach(section -> {
            if (!section.getKey().equals("plugins")) {
                imported.remark("section " + section.getKey());
            }
        });
        root.path("plugins")
                .properties()
                .forEach(plugin -> plugin(imported, plugin.getKey(), plugin.getValue(), scheme));
        zone(imported, zone);
        return imported;
    }

    private static void plugin(ImportResult imported, String plugin, JsonNode resources, String scheme) {
        if (!List.of("weighted", "simplefo", "multifo").contains(plugin)) {
            imported.remark("plugin " + plugin);
            return;
        }
        for (Map.Entry<String, JsonNode> resource : resources.properties()) {
            if (!resource.getValue().isObject()) {
                imported.remark("plugin " + plugin + ": " + resource.getKey());
                continue;
            }
            boolean weighted = plugin.equals("weighted");
            ObjectNode rule = imported.rule(
                    ImportResult.name(resource.getKey()),
                    resource.getKey(),
                    plugin.equals("simplefo") ? "priority" : "weighted_round_robin");
            resource.getValue().properties().forEach(item -> {
                JsonNode address = weighted ? item.getValue().path(0) : item.getValue();
                if (!address.asText().matches("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]+")) {
                    imported.remark("resource " + resource.getKey() + ": " + item.getKey());
                    return;
                }
                String region = ImportResult.name(item.getKey());
                String host = address.asText();
                imported.target(rule, region, scheme + "://" + (host.contains(":") ? "[" + host + "]" : host));
                if (weighted) {
                    rule.withObject("/weights")
                            .put(region, item.getValue().path(1).asInt(1));
                }
            });
        }
    }

    private static void zone(ImportResult imported, String zone) {
        for (String line : zone.split("\n", -1)) {
            Matcher dynamic =
                    Pattern.compile("^(\\S+)\\s.*\\bDYN[AC]\\s+(\\S+)").matcher(line);
            if (dynamic.find()) {
                imported.remark("zone: " + dynamic.group(1) + " is answered by " + dynamic.group(2)
                        + "; clients ask for the rule");
            }
        }
    }

    /** The keys and values up to the end of the text or the closing brace. */
    private ObjectNode object(int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (at < tokens.size() && !tokens.get(at).equals("}")) {
            String key = tokens.get(at++);
            if (key.equals(",")) {
                continue;
            }
            if (at < tokens.size()
                    && (tokens.get(at).equals("=>") || tokens.get(at).equals("="))) {
                at++;
            }
            object.set(key, value(depth + 1));
        }
        at++;
        return object;
    }

    private JsonNode value(int depth) {
        if (at >= tokens.size() || depth > DEEPEST) {
            throw new IllegalArgumentException("gdnsd: ends early or is too deep (expected: a whole configuration)");
        }
        String token = tokens.get(at++);
        if (token.equals("{")) {
            return object(depth);
        }
        if (!token.equals("[")) {
            return JsonNodeFactory.instance.textNode(token);
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (at < tokens.size() && !tokens.get(at).equals("]")) {
            if (tokens.get(at).equals(",")) {
                at++;
            } else {
                array.add(value(depth + 1));
            }
        }
        at++;
        return array;
    }
}
