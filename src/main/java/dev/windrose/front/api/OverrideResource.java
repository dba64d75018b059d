package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.route.EmptyingGuard;
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
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT} and {@code DELETE} of {@code /api/v1/rules/{rule_id}/overrides/{region_id}} and {@code
 * /api/v1/regions/{region_id}/override}: an operator's statement about a target, which takes precedence over all
 * measurements until it expires.
 */
public final class OverrideResource implements Resource {

    private static final Set<String> KNOWN =
            Set.of("status", "owner", "approved_by", "reason", "for_seconds", "ramp_seconds", "session_seconds");
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final Duration LONGEST_RAMP = Duration.ofDays(1);

    private final Director director;
    private final NodeClock clock;
    private final boolean secondApprover;
    private final EditResponses edits;

    public OverrideResource(Director director, NodeClock clock, boolean secondApprover, EditResponses edits) {
        this.director = director;
        this.clock = clock;
        this.secondApprover = secondApprover;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("PUT", "/api/v1/rules/*/overrides/*", Permission.OPERATE, Scope.TARGET, this::putOfTarget)
                .add("DELETE", "/api/v1/rules/*/overrides/*", Permission.OPERATE, Scope.TARGET, this::deleteOfTarget)
                .add("PUT", "/api/v1/regions/*/override", Permission.OPERATE, Scope.REGION, this::putOfRegion)
                .add("DELETE", "/api/v1/regions/*/override", Permission.OPERATE, Scope.REGION, this::deleteOfRegion);
    }

    private CompletionStage<HttpResponse> putOfTarget(Call call) {
        String field = field(call);
        HealthOverride override = read(call, false);
        safe(override, call.ruleId(0), call.regionId(1));
        return put(call, DefinitionKey.rule(call.ruleId(0)), field, override);
    }

    private CompletionStage<HttpResponse> deleteOfTarget(Call call) {
        return delete(call, DefinitionKey.rule(call.ruleId(0)), field(call));
    }

    private CompletionStage<HttpResponse> putOfRegion(Call call) {
        HealthOverride override = read(call, secondApprover);
        safe(override, null, call.regionId(0));
        return put(call, DefinitionKey.region(call.regionId(0)), Fields.OVERRIDE, override);
    }

    private CompletionStage<HttpResponse> deleteOfRegion(Call call) {
        return delete(call, DefinitionKey.region(call.regionId(0)), Fields.OVERRIDE);
    }

    private String field(Call call) {
        RegionId region = call.regionId(1);
        Rule rule = director.catalog().rules().get(call.ruleId(0));
        if (rule == null) {
            throw Problem.unknown("rule_id", call.variable(0));
        }
        if (!rule.targets().contains(region)) {
            throw Problem.unknown("region_id", region.value());
        }
        return Fields.of(Fields.OVERRIDE, region);
    }

    private CompletionStage<HttpResponse> put(Call call, DefinitionKey key, String field, HealthOverride override) {
        return edits.submit(call, key, Change.Kind.CHANGED, Map.of(field, PolicyText.text(override)))
                .thenApply(state ->
                        Reply.tagged(edits.warned().add(OverrideBodies.shown(override), call, key, state), state));
    }

    private CompletionStage<HttpResponse> delete(Call call, DefinitionKey key, String field) {
        return edits.submit(call, key, Change.Kind.CHANGED, Map.of(field, "")).thenApply(state -> Reply.nothing());
    }

    private HealthOverride read(Call call, boolean secondApprover) {
        Body body = call.body(KNOWN);
        HealthStatus status = status(body.text("status", 16));
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        long seconds = body.whole("for_seconds", 1, LONGEST.toSeconds());
        long now = clock.epochMs();
        long ramp = untilEmpty(body, "ramp_seconds", status, seconds);
        long sessions = untilEmpty(body, "session_seconds", status, seconds);
        boolean empties = status == HealthStatus.UNHEALTHY || status == HealthStatus.DRAINING;
        String approver = Accountability.approver(body, owner, secondApprover && empties);
        return new HealthOverride(
                status, owner, approver, reason, now, now + seconds * 1000, ramp * 1000, sessions * 1000);
    }

    /** A time of a drain, in s; 0 when it is not given. */
    private static long untilEmpty(Body body, String field, HealthStatus status, long inForceSeconds) {
        long seconds = body.whole(field, 0, LONGEST_RAMP.toSeconds(), 0);
        if (seconds > 0 && status != HealthStatus.DRAINING) {
            throw Problem.invalid(field + ": " + seconds + " (expected: only with status draining)");
        }
        if (seconds >= inForceSeconds) {
            throw Problem.invalid(
                    field + ": " + seconds + " (expected: less than for_seconds, " + inForceSeconds + ")");
        }
        return seconds;
    }

    private static HealthStatus status(String text) {
        HealthStatus status = HealthStatus.named(text);
        if (status == null || status == HealthStatus.UNKNOWN) {
            throw Problem.invalid(
                    "status: '" + Json.shortened(text) + "' (expected: healthy, degraded, unhealthy or draining)");
        }
        return status;
    }

    /** Refuses an override that would leave a rule without a serving region: no operator may empty a rule. */
    private void safe(HealthOverride override, @Nullable RuleId only, RegionId region) {
        if (override.status() != HealthStatus.UNHEALTHY && override.status() != HealthStatus.DRAINING) {
            return;
        }
        List<String> emptied = EmptyingGuard.emptied(director.table(), only, region);
        if (!emptied.isEmpty()) {
            throw Problem.of(
                    Problem.Kind.UNSAFE,
                    "region_id: '" + region
                            + "' cannot be taken out, because it would leave too few serving regions for "
                            + String.join(", ", emptied.subList(0, Math.min(5, emptied.size())))
                            + " (expected: another serving target with an endpoint in each rule, or as many as its safety.min_regions, and one for each entry of its residency; bring one"
                            + " up or add one first)");
        }
    }
}
