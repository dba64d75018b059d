package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.member.Membership;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/regions/{region_id}/evict}: removes an unreachable region from the cluster, so that regions that
 * are starting can join. It does not affect traffic.
 */
public final class EvictionResource implements Resource {

    private static final Set<String> KNOWN = Set.of("owner", "reason");
    private static final int RETRY_SECONDS = 2;

    private final Set<RegionId> regions;
    private final Supplier<@Nullable Membership> membership;

    public EvictionResource(Set<RegionId> regions, Supplier<@Nullable Membership> membership) {
        this.regions = regions;
        this.membership = membership;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/regions/*/evict", Permission.ADMINISTER, this::evict);
    }

    private CompletionStage<HttpResponse> evict(Call call) {
        RegionId region = call.regionId(0);
        Body body = call.body(KNOWN);
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        if (!regions.contains(region)) {
            throw Problem.unknown("region_id", region.value());
        }
        Membership membership = this.membership.get();
        if (membership == null) {
            throw Problem.unavailable(
                    "the control plane of this node is not running; ask a node of another region", RETRY_SECONDS);
        }
        return membership.evict(region, owner, reason).handle((evicted, failure) -> {
            if (evicted == null) {
                throw Problem.unavailable("the control plane of this node does not answer; retry", RETRY_SECONDS);
            }
            return answer(region, evicted);
        });
    }

    private static HttpResponse answer(RegionId region, Membership.Evicted evicted) {
        switch (evicted.result()) {
            case OWN ->
                throw Problem.of(
                        Problem.Kind.UNSAFE,
                        "region_id: '" + region
                                + "' is this node's own region (expected: another region; ask a node elsewhere)");
            case ALIVE ->
                throw Problem.of(
                        Problem.Kind.UNSAFE,
                        "region_id: '" + region
                                + "' sent heartbeats within the last seconds (expected: a lost region;"
                                + " stop its nodes, or drain it to move its traffic)");
            case ABSENT, DONE -> {
                ObjectNode json = Json.object();
                json.put("region_id", region.value());
                ArrayNode nodes = json.putArray("evicted");
                evicted.nodes().forEach(nodes::add);
                return Reply.json(json);
            }
        }
        throw new IllegalStateException("result: " + evicted.result());
    }
}
