package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.failover.EvacuationSteps;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.edit.EvacuationEditor;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Evacuation;
import dev.windrose.model.Permission;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/regions/{region_id}/evacuation}: drains a whole region in steps. The plan is computed first, and
 * refused when it would harm clients. A running evacuation is supervised, aborted when it does harm, and timed. A
 * rehearsal does all of that without moving traffic.
 */
public final class EvacuationResource implements Resource {

    private static final Set<String> KNOWN =
            Set.of("owner", "reason", "approved_by", "over_seconds", "for_seconds", "max_error_rate", "rehearse");
    private static final String PATH = "/api/v1/regions/*/evacuation";
    private static final long HOUR_SECONDS = 3600;
    private static final long MONTH_SECONDS = 30 * 24 * HOUR_SECONDS;
    private static final long USUAL_RAMP_SECONDS = 30;

    private final EvacuationEditor evacuations;
    private final Director director;
    private final EvacuationPlanner planner;
    private final boolean secondApprover;
    private final EditResponses edits;

    public EvacuationResource(
            EvacuationEditor evacuations,
            Director director,
            EvacuationPlanner planner,
            boolean secondApprover,
            EditResponses edits) {
        this.evacuations = evacuations;
        this.director = director;
        this.planner = planner;
        this.secondApprover = secondApprover;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.READ, Scope.REGION, this::get)
                .add("GET", PATH + "/plan", Permission.READ, Scope.REGION, this::plan)
                .add("POST", PATH, Permission.OPERATE, Scope.REGION, this::start)
                .add("DELETE", PATH, Permission.OPERATE, Scope.REGION, this::undo);
    }

    private CompletionStage<HttpResponse> plan(Call call) {
        call.onlyQueries();
        RegionId region = known(call).id();
        return Reply.now(Reply.json(shown(call, region, planner.plan(region))));
    }

    private CompletionStage<HttpResponse> get(Call call) {
        call.onlyQueries();
        RegionId region = known(call).id();
        Evacuation evacuation = evacuation(region);
        if (evacuation == null) {
            throw Problem.of(Problem.Kind.UNKNOWN, "region_id: '" + region + "' was never evacuated");
        }
        return Reply.now(Reply.tagged(shown(region, evacuation), state(region)));
    }

    private CompletionStage<HttpResponse> start(Call call) {
        Region region = known(call);
        Body body = call.body(KNOWN);
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        String approver = Accountability.approver(body, owner, secondApprover);
        long ramp = body.whole("over_seconds", 0, HOUR_SECONDS, USUAL_RAMP_SECONDS);
        long lasts = body.whole("for_seconds", 1, MONTH_SECONDS, HOUR_SECONDS);
        if (ramp >= lasts) {
            throw Problem.invalid("over_seconds: " + ramp + " (expected: less than for_seconds, " + lasts + ")");
        }
        double maxErrorRate = body.has("max_error_rate") ? body.number("max_error_rate", 0, 1) : 0.05;
        boolean rehearse = body.flag("rehearse", false);
        EvacuationSteps.Terms terms =
                new EvacuationSteps.Terms(owner, approver, reason, ramp * 1000, lasts * 1000, maxErrorRate, rehearse);
        return evacuations
                .start(asked(call, region), region, state(region.id()), terms)
                .thenApply(start -> started(call, region.id(), start));
    }

    private HttpResponse started(Call call, RegionId region, EvacuationEditor.Start start) {
        if (start instanceof EvacuationEditor.Overridden by) {
            throw Problem.of(
                    Problem.Kind.EXISTS,
                    "region_id: '" + region + "' has an override by "
                            + by.override().owner() + " (expected: none; DELETE it first)");
        }
        if (start instanceof EvacuationEditor.Harmful harmful) {
            throw Problem.of(Problem.Kind.UNSAFE, harm(call, region, harmful.plan()));
        }
        if (start instanceof EvacuationEditor.Begun begun) {
            DefinitionState state =
                    EditProblem.done(DefinitionKey.region(region), EditProblem.Doing.CHANGE, begun.outcome());
            ObjectNode json = shown(region, begun.evacuation());
            json.set("plan", shown(call, region, begun.plan()));
            return Reply.tagged(json, state);
        }
        throw Problem.of(
                Problem.Kind.EXISTS,
                "region_id: '" + region
                        + "' is being evacuated (expected: none in progress; wait until it ends, or DELETE it)");
    }

    private static EvacuationEditor.Asked asked(Call call, Region region) {
        return new EvacuationEditor.Asked(
                call.writer(),
                call.ifMatch(),
                call.reason(),
                call.request(DefinitionKey.region(region.id())),
                call.written());
    }

    private CompletionStage<HttpResponse> undo(Call call) {
        Region registered = known(call);
        RegionId region = registered.id();
        Evacuation evacuation = evacuation(region);
        if (evacuation == null || evacuation.phase() == Evacuation.Phase.UNDONE) {
            return Reply.now(Reply.nothing());
        }
        return evacuations.undo(asked(call, registered), registered, evacuation).thenApply(outcome -> {
            EditProblem.done(DefinitionKey.region(region), EditProblem.Doing.CHANGE, outcome);
            return Reply.nothing();
        });
    }

    private Region known(Call call) {
        RegionId id = call.regionId(0);
        Region region = director.catalog().regions().get(id);
        if (region == null) {
            throw Problem.unknown("region_id", id.value());
        }
        return region;
    }

    private DefinitionState state(RegionId region) {
        return director.catalog().states().getOrDefault(DefinitionKey.region(region), DefinitionState.EMPTY);
    }

    private @Nullable Evacuation evacuation(RegionId region) {
        return DefinitionCodec.evacuation(state(region));
    }

    private String harm(Call call, RegionId region, EvacuationPlan plan) {
        if (!plan.over().isEmpty()) {
            return "region_id: without '" + region + "', " + plan.over().get(0)
                    + " would exceed its capacity (expected: spare capacity elsewhere; see GET evacuation/plan)";
        }
        List<String> shown = plan.unsafe().stream()
                .filter(rule -> reads(call, rule))
                .limit(5)
                .map(Object::toString)
                .toList();
        return "region_id: '" + region + "' cannot be taken out, because it would leave too few serving regions for "
                + (shown.isEmpty() ? "rules that your grants do not cover" : String.join(", ", shown))
                + " (expected: enough other serving targets in each rule; see GET evacuation/plan)";
    }

    private static ObjectNode shown(RegionId region, Evacuation evacuation) {
        ObjectNode json = Json.object();
        json.put("region_id", region.value());
        json.put("phase", evacuation.phase().wireName());
        json.put("rehearsal", evacuation.rehearsal());
        json.put("owner", evacuation.owner());
        json.put("approved_by", evacuation.approver().isEmpty() ? null : evacuation.approver());
        json.put("reason", evacuation.reason());
        json.put("since", Json.time(evacuation.sinceEpochMs()));
        json.put("over_seconds", evacuation.rampMs() / 1000);
        json.put("until", Json.time(evacuation.untilEpochMs()));
        json.put("max_error_rate", evacuation.maxErrorRate());
        boolean running = evacuation.phase() == Evacuation.Phase.RUNNING;
        json.put(
                "share_left",
                running
                        ? evacuation
                                .override()
                                .drain(System.currentTimeMillis())
                                .share()
                        : null);
        json.put("ended", running ? null : Json.time(evacuation.endedEpochMs()));
        json.put("time_to_empty_ms", evacuation.tookMs() < 0 ? null : evacuation.tookMs());
        json.put("cause", evacuation.cause());
        return json;
    }

    /** Of rules that the caller may not see, only what they add to the loads. */
    private ObjectNode shown(Call call, RegionId region, EvacuationPlan plan) {
        ObjectNode json = Json.object();
        json.put("region_id", region.value());
        json.put("safe", plan.safe());
        ArrayNode over = json.putArray("over_capacity");
        plan.over().forEach(each -> over.add(each.value()));
        ArrayNode unsafe = json.putArray("rules_that_stay");
        plan.unsafe().stream().filter(rule -> reads(call, rule)).forEach(rule -> unsafe.add(rule.value()));
        put(json.putObject("load_before"), plan.before());
        put(json.putObject("load_after"), plan.after());
        ArrayNode rules = json.putArray("rules");
        plan.rules().stream().filter(move -> reads(call, move.rule())).forEach(move -> {
            ObjectNode one = rules.addObject();
            one.put("rule_id", move.rule().value());
            one.put("requests_per_second", rounded(move.rate()));
            put(one.putObject("share_before"), move.before());
            put(one.putObject("share_after"), move.after());
        });
        return json;
    }

    private boolean reads(Call call, RuleId rule) {
        return edits.gate().reads(call.principal(), Permission.READ, rule);
    }

    private static void put(ObjectNode json, Map<RegionId, Double> values) {
        new TreeMap<>(values).forEach((region, value) -> json.put(region.value(), rounded(value)));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
