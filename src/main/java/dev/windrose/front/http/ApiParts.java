package dev.windrose.front.http;

import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.member.Membership;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.live.part.Readiness;
import dev.windrose.live.table.Director;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the API stands on. Everything is safe for all threads and waits for nothing.
 *
 * @param access says who calls
 * @param audit is told who did what
 * @param defaults the check of rules that do not say otherwise
 * @param regions the regions of the cluster
 * @param matrix who sees what
 * @param editor where edits go
 * @param metrics where recorded metrics are kept; gives null while that is not possible
 * @param secondApprover a whole region is drained only when a second person agrees
 * @param planner what the emptying of a region would do
 * @param networks where blocks of addresses are, as the operator says
 * @param database where they are as a database says, for all others
 * @param latency what is learned of round trips
 * @param membership of regions in the cluster; gives null while there is no control plane
 * @param control whether this node takes part in the cluster and takes edits, and what is missing
 * @param onItsWay how long an edit waits for a region that is not known here, which may be on its way
 * @param operations what only operators ask for
 * @param alarms what is wrong with this node now
 * @param scrape gives everything measured, in the text form of Prometheus
 */
public record ApiParts(
        String version,
        Authenticator access,
        AuditLog audit,
        RegionId self,
        Set<RegionId> regions,
        HealthCheck defaults,
        Director director,
        Supplier<HealthPicture> health,
        Consumer<HealthReport> reports,
        Function<HealthWatch.Look, CompletionStage<HealthWatch.Looked>> matrix,
        Editor editor,
        Supplier<@Nullable MetricsArchive> metrics,
        boolean secondApprover,
        EvacuationPlanner planner,
        Supplier<Networks> networks,
        Supplier<Networks> database,
        LatencyPlane latency,
        Supplier<@Nullable Membership> membership,
        Supplier<Readiness> control,
        Supplier<Duration> onItsWay,
        Operations operations,
        Alarms alarms,
        Supplier<String> scrape) {

    public ApiParts {
        regions = Set.copyOf(regions);
    }
}
