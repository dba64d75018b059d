package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** {@code POST /api/v1/rules/{rule_id}/failback/{region_id}}: returns traffic to a target after a failover. */
public final class FailbackResource implements Resource {

    private static final Set<String> KNOWN = Set.of("owner", "reason");

    private final Director director;
    private final NodeClock clock;
    private final EditResponses edits;

    public FailbackResource(Director director, NodeClock clock, EditResponses edits) {
        this.director = director;
        this.clock = clock;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/rules/*/failback/*", Permission.OPERATE, Scope.TARGET, this::post);
    }

    private CompletionStage<HttpResponse> post(Call call) {
        Rule rule = director.catalog().rules().get(call.ruleId(0));
        RegionId region = call.regionId(1);
        if (rule == null) {
            throw Problem.unknown("rule_id", call.variable(0));
        }
        if (!rule.targets().contains(region)) {
            throw Problem.unknown("region_id", region.value());
        }
        Body body = call.body(KNOWN);
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        if (rule.failover().policy().failback() == FailoverPolicy.Failback.NEVER) {
            throw Problem.invalid("failover_policy.failback: never (expected: another value; change it first)");
        }
        FailoverMark mark = new FailoverMark(false, clock.epochMs(), owner, reason);
        return edits.submit(
                        call,
                        DefinitionKey.rule(rule.id()),
                        Change.Kind.CHANGED,
                        back(rule, region, PolicyText.text(mark)))
                .thenApply(state -> {
                    ObjectNode json = Json.object();
                    json.put("rule_id", rule.id().value()).put("region_id", region.value());
                    json.put("state", "back").put("at", Json.time(mark.atEpochMs()));
                    return Reply.tagged(json, state);
                });
    }

    /** For everybody, and for each region that alone had left it. */
    private static Map<String, String> back(Rule rule, RegionId region, String mark) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.failover(region, null), mark);
        rule.failover()
                .views()
                .getOrDefault(region, Map.of())
                .keySet()
                .forEach(observer -> fields.put(Fields.failover(region, observer), mark));
        return fields;
    }
}
