package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration of HAProxy: a rule for each backend, whose servers are the targets. */
final class HaProxy {

    private static final Map<String, String> BALANCE = Map.of(
            "roundrobin", "weighted_round_robin",
            "static-rr", "weighted_round_robin",
            "leastconn", "least_connections",
            "source", "consistent_hash",
            "uri", "consistent_hash",
            "first", "priority");

    private final ImportResult imported = new ImportResult();
    private final String scheme;
    private @Nullable ObjectNode rule = null;

    private HaProxy(String scheme) {
        this.scheme = scheme;
    }

    static ImportResult read(String text, String scheme) {
        HaProxy reading = new HaProxy(scheme);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String plain = line.replaceAll("(^|\\s)#.*", "").strip();
            if (!plain.isEmpty()) {
                reading.line(number, List.of(plain.split("\\s+")));
            }
        }
        return reading.imported;
    }

    private void line(int number, List<String> words) {
        String first = words.get(0);
        if (first.equals("backend") || first.equals("listen")) {
            String name = words.size() > 1 ? words.get(1) : "unnamed";
            rule = imported.rule(ImportResult.name(name), name, "weighted_round_robin");
        } else if (List.of("global", "defaults", "frontend", "peers", "resolvers", "userlist")
                .contains(first)) {
            rule = null;
            imported.remark("line " + number + ": section " + String.join(" ", words));
        } else if (rule != null && !directive(rule, number, words)) {
            imported.remark("line " + number + ": " + String.join(" ", words));
        }
    }

    private boolean directive(ObjectNode to, int number, List<String> words) {
        switch (words.get(0)) {
            case "balance" -> {
                String algorithm = BALANCE.get(words.size() > 1 ? words.get(1) : "");
                if (algorithm == null) {
                    return false;
                }
                to.put("algorithm", algorithm);
                if (algorithm.equals("consistent_hash")) {
                    to.put("session_affinity", true);
                }
                return true;
            }
            case "option" -> {
                boolean http = words.size() > 1 && words.get(1).equals("httpchk");
                if (http && words.size() > 2) {
                    String path = words.get(words.size() > 3 ? 3 : 2);
                    to.put("health_check_path", path.startsWith("/") ? path : "/");
                }
                return http;
            }
            case "cookie" -> {
                to.put("session_affinity", true);
                imported.remark("line " + number + ": a cookie; clients name themselves by affinity_key");
                return true;
            }
            case "server" -> {
                return words.size() > 2 && server(to, number, words);
            }
            default -> {
                return false;
            }
        }
    }

    private boolean server(ObjectNode to, int number, List<String> words) {
        String region = ImportResult.name(words.get(1));
        String endpoint = scheme + "://" + words.get(2);
        if (words.contains("backup")) {
            if (to.has("fallback")) {
                return false;
            }
            imported.region(region);
            to.put("fallback", "region:" + region);
            imported.remark("line " + number + ": a backup is the rule's fallback; its address " + words.get(2)
                    + " belongs in the region's endpoints");
            return true;
        }
        imported.target(to, region, endpoint);
        for (int i = 3; i < words.size(); i++) {
            String value = i + 1 < words.size() ? words.get(i + 1) : "";
            boolean numeric = value.matches("[0-9]{1,6}");
            switch (words.get(i)) {
                case "weight" -> {
                    to.withObject("/weights").put(region, numeric ? Integer.parseInt(value) : 1);
                    i++;
                }
                case "rise", "fall" -> {
                    to.withObject("/health_check").put(words.get(i), numeric ? Integer.parseInt(value) : 2);
                    i++;
                }
                case "inter" -> {
                    to.withObject("/health_check").put("interval_ms", millis(value));
                    i++;
                }
                case "check" -> {}
                default -> imported.remark("line " + number + ": server " + words.get(1) + " " + words.get(i));
            }
        }
        return true;
    }

    private static long millis(String time) {
        long number = Long.parseLong("0" + time.replaceAll("[^0-9]", ""));
        return Math.max(100, Math.min(600_000, time.endsWith("s") && !time.endsWith("ms") ? number * 1000 : number));
    }
}
