package dev.windrose.live.table;

import dev.windrose.decide.rule.RuleState;
import dev.windrose.model.HealthStatus;
import java.util.Map;

/**
 * What a node needs to answer before it has heard from anybody. Names are those of {@code DefinitionKey.entityId}, of
 * rules and of regions.
 *
 * @param savedAtEpochMs wall clock at saving
 * @param ageMs how old the definitions were at saving
 * @param definitions every definition heard of, removed ones included
 * @param statuses what was believed of each rule's targets
 * @param counts what this node alone had counted
 * @param usage of geographic rules, what this node alone had counted
 */
record Snapshot(
        long savedAtEpochMs,
        long ageMs,
        Map<String, RuleState> definitions,
        Map<String, Map<String, HealthStatus>> statuses,
        Map<String, RuleCounts> counts,
        Map<String, Long> usage) {}
