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
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.supervision.Readiness;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.LogLevels;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/v1/cluster}: the cluster's members as this node sees them, removal of members, taking this node out of
 * its load balancers, and log levels. {@code /api/v1/alarms}: this node's current alarms.
 */
public final class ClusterResource implements Resource {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterResource.class);

    private static final Set<String> ORDER = Set.of("owner", "reason");
    private static final String PATH = "/api/v1/cluster";
    private static final long RETRY_SECONDS = 2;

    /** Who took this node out, and why. */
    private record Drained(String owner, String reason, long sinceEpochMs) {}

    private final RegionId self;
    private final Set<RegionId> regions;
    private final Supplier<@Nullable ClusterControl> cluster;
    private final Supplier<Readiness> readiness;
    private final NodeClock clock;
    private final Alarms alarms;
    private final LogLevels logLevels = new LogLevels(LogLevels.NEW_AT_MOST);
    private volatile @Nullable Drained drained = null;

    public ClusterResource(
            RegionId self,
            Set<RegionId> regions,
            Supplier<@Nullable ClusterControl> cluster,
            Supplier<Readiness> readiness,
            NodeClock clock,
            Alarms alarms) {
        this.self = self;
        this.regions = regions;
        this.cluster = cluster;
        this.readiness = readiness;
        this.clock = clock;
        this.alarms = alarms;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.READ, this::show)
                .add("GET", "/api/v1/alarms", Permission.READ, this::alarms)
                .add("GET", PATH + "/shards", Permission.READ, this::shards)
                .add("POST", PATH + "/members/*/leave", Permission.ADMINISTER, this::leave)
                .add("POST", PATH + "/members/*/down", Permission.ADMINISTER, this::down)
                .add("GET", PATH + "/drain", Permission.READ, this::drain)
                .add("PUT", PATH + "/drain", Permission.ADMINISTER, this::putDrain)
                .add("DELETE", PATH + "/drain", Permission.ADMINISTER, this::deleteDrain)
                .add("GET", PATH + "/log-levels", Permission.READ, this::levels)
                .add("PUT", PATH + "/log-levels/*", Permission.ADMINISTER, this::putLevel);
    }

    /** Whether load balancers are to take this node out. */
    public boolean drained() {
        return drained != null;
    }

    private ClusterControl cluster() {
        ClusterControl cluster = this.cluster.get();
        if (cluster == null) {
            throw Problem.unavailable(
                    "the control plane of this node is not running; ask another node, or retry", RETRY_SECONDS);
        }
        return cluster;
    }

    private CompletionStage<HttpResponse> show(Call call) {
        call.onlyQueries();
        List<ClusterControl.Node> nodes = cluster().members();
        Map<String, NodeClock.Seen> clocks = new TreeMap<>();
        for (ClusterControl.Node node : nodes) {
            if (node.self()) {
                clock.seen(node.address(), node.region()).forEach(seen -> clocks.put(seen.node(), seen));
            }
        }
        ObjectNode json = Json.object();
        json.put("region", self.value());
        json.put("takes_writes", readiness.get().ready());
        json.put("drained", drained());
        ArrayNode members = json.putArray("members");
        Map<String, int[]> regions = new TreeMap<>();
        this.regions.forEach(region -> regions.put(region.value(), new int[2]));
        for (ClusterControl.Node node : nodes) {
            ObjectNode one = members.addObject();
            one.put("address", node.address()).put("region", node.region()).put("status", node.status());
            one.put("reachable", node.reachable()).put("self", node.self()).put("leader", node.leader());
            NodeClock.Seen clock = clocks.get(node.address());
            if (clock != null) {
                one.put("clock_ahead_ms", clock.aheadMs()).put("clock_within_ms", clock.withinMs());
            }
            ArrayNode roles = one.putArray("roles");
            node.roles().stream().sorted().forEach(roles::add);
            int[] counts = regions.computeIfAbsent(node.region(), region -> new int[2]);
            counts[0]++;
            counts[1] += node.reachable() ? 1 : 0;
        }
        ArrayNode shown = json.putArray("regions");
        regions.forEach((region, counts) ->
                shown.addObject().put("region", region).put("nodes", counts[0]).put("reachable", counts[1]));
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> alarms(Call call) {
        call.onlyQueries();
        ObjectNode json = Json.object();
        ArrayNode alarms = json.putArray("alarms");
        this.alarms
                .raised()
                .forEach(alarm -> alarms.addObject()
                        .put("kind", Alarms.name(alarm.kind()))
                        .put("source", alarm.source())
                        .put("detail", alarm.detail())
                        .put("since", Json.time(alarm.sinceEpochMs())));
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> shards(Call call) {
        call.onlyQueries();
        return cluster().shards().handle((shards, failure) -> {
            if (shards == null) {
                throw Problem.unavailable("sharding does not answer; retry", RETRY_SECONDS);
            }
            ObjectNode json = Json.object();
            ArrayNode list = json.putArray("shards");
            shards.forEach(
                    (shard, count) -> list.addObject().put("shard", shard).put("definitions", count));
            json.put("total_shards", shards.size());
            return Reply.json(json);
        });
    }

    private CompletionStage<HttpResponse> leave(Call call) {
        Body body = call.body(ORDER);
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        return answer(call.variable(0), cluster().leave(call.variable(0), owner, reason), "leaves");
    }

    private CompletionStage<HttpResponse> down(Call call) {
        Body body = call.body(ORDER);
        String owner = Accountability.owner(body);
        String reason = Accountability.reason(body);
        return answer(call.variable(0), cluster().down(call.variable(0), owner, reason), "is declared down");
    }

    private static CompletionStage<HttpResponse> answer(String address, ClusterControl.Result result, String what) {
        switch (result) {
            case UNKNOWN -> throw Problem.unknown("address", address);
            case REACHABLE ->
                throw Problem.of(
                        Problem.Kind.UNSAFE,
                        "address: '" + Json.shortened(address)
                                + "' is reachable (expected: an unreachable member; ask a reachable one to leave)");
            case DONE -> {
                return Reply.now(
                        Reply.json(Json.object().put("address", address).put("done", what)));
            }
        }
        throw new IllegalStateException("result: " + result);
    }

    private CompletionStage<HttpResponse> drain(Call call) {
        call.onlyQueries();
        return Reply.now(Reply.json(shown(drained)));
    }

    private CompletionStage<HttpResponse> putDrain(Call call) {
        Body body = call.body(ORDER);
        Drained now = new Drained(Accountability.owner(body), Accountability.reason(body), System.currentTimeMillis());
        drained = now;
        LOG.warn("node drained by [{}], reason [{}]", now.owner(), now.reason());
        return Reply.now(Reply.json(shown(now)));
    }

    private CompletionStage<HttpResponse> deleteDrain(Call call) {
        if (drained()) {
            LOG.warn("node no longer drained");
        }
        drained = null;
        return Reply.now(Reply.nothing());
    }

    private static ObjectNode shown(@Nullable Drained drained) {
        ObjectNode json = Json.object().put("drained", drained != null);
        if (drained != null) {
            json.put("owner", drained.owner()).put("reason", drained.reason());
            json.put("since", Json.time(drained.sinceEpochMs()));
        }
        return json;
    }

    private CompletionStage<HttpResponse> levels(Call call) {
        call.onlyQueries();
        ObjectNode json = Json.object();
        LogLevels.all().forEach(json.putObject("levels")::put);
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> putLevel(Call call) {
        String logger = call.variable(0);
        if (!logger.matches("ROOT|(dev\\.windrose|akka)(\\.[A-Za-z0-9_$]{1,64}){0,8}")) {
            throw Problem.invalid("logger: '" + Json.shortened(logger)
                    + "' (expected: ROOT, or a name that begins with dev.windrose or akka)");
        }
        String level = call.body(Set.of("level")).text("level", 16);
        if (!LogLevels.isLevel(level)) {
            throw Problem.invalid("level: '" + Json.shortened(level)
                    + "' (expected: trace, debug, info, warn, error, off or inherited)");
        }
        if (!logLevels.set(logger, level)) {
            throw Problem.invalid("logger: '" + Json.shortened(logger)
                    + "' (expected: an existing logger, because " + LogLevels.NEW_AT_MOST
                    + " other names were given a level since the node started; or a prefix of an existing logger)");
        }
        LOG.warn("log level of [{}] set to [{}] by [{}]", logger, level, call.author());
        return Reply.now(Reply.json(Json.object().put("logger", logger).put("level", level)));
    }
}
