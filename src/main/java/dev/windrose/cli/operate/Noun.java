package dev.windrose.cli.operate;

import dev.windrose.cli.remote.Remote;
import java.util.List;

/**
 * One kind of thing that users define, as commands speak of it.
 *
 * @param name of the command
 * @param path of the list in the API
 * @param id the field that names one
 * @param items the field of a list's answer that holds them
 * @param columns of a table of them
 */
record Noun(String name, String path, String id, String items, List<String> columns) {

    static final Noun RULE = new Noun(
            "rule",
            "/api/v1/rules",
            "rule_id",
            "rules",
            List.of("rule_id", "algorithm", "status", "weights", "fallback", "total_requests", "last_updated"));

    static final Noun GEOGRAPHIC_RULE = new Noun(
            "geo",
            "/api/v1/geographic-rules",
            "rule_id",
            "geographic_rules",
            List.of(
                    "rule_id",
                    "source_regions",
                    "target_regions",
                    "priority",
                    "latency_threshold_ms",
                    "applies_to",
                    "status"));

    static final Noun REGION = new Noun(
            "region",
            "/api/v1/regions",
            "region_id",
            "regions",
            List.of("region_id", "endpoints", "areas", "capacity", "capacity_now", "override.status"));

    /** The path of one of them. */
    String path(String name) {
        return path + "/" + Remote.part(name);
    }
}
