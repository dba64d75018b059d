package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.model.StatusSet;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Checks as tests want them. */
final class Targets {

    /** A request in the making. */
    record Asked(HealthCheck.Request request) {

        private Asked of(HealthCheck.Method method, String host, String sni, Map<String, String> headers) {
            return new Asked(new HealthCheck.Request(
                    method,
                    host,
                    sni,
                    headers,
                    request.goodStatuses(),
                    request.address(),
                    request.ca(),
                    request.freshConnection(),
                    request.eachAddress(),
                    request.goodAddresses()));
        }

        Asked method(HealthCheck.Method method) {
            return of(method, request.host(), request.sni(), request.headers());
        }

        Asked host(String host) {
            return of(request.method(), host, request.sni(), request.headers());
        }

        Asked sni(String sni) {
            return of(request.method(), request.host(), sni, request.headers());
        }

        Asked header(String name, String value) {
            return of(request.method(), request.host(), request.sni(), Map.of(name, value));
        }

        Asked goodStatuses(String statuses) {
            return rest(StatusSet.parse(statuses), request.address(), request.ca());
        }

        Asked address(String address) {
            return rest(request.goodStatuses(), address, request.ca());
        }

        Asked ca(String ca) {
            return rest(request.goodStatuses(), request.address(), ca);
        }

        private Asked rest(StatusSet statuses, String address, String ca) {
            return new Asked(new HealthCheck.Request(
                    request.method(),
                    request.host(),
                    request.sni(),
                    request.headers(),
                    statuses,
                    address,
                    ca,
                    request.freshConnection(),
                    request.eachAddress(),
                    request.goodAddresses()));
        }

        Asked fresh() {
            return connecting(true, request.eachAddress(), request.goodAddresses());
        }

        Asked each(double good) {
            return connecting(request.freshConnection(), true, good);
        }

        private Asked connecting(boolean fresh, boolean each, double good) {
            return new Asked(new HealthCheck.Request(
                    request.method(),
                    request.host(),
                    request.sni(),
                    request.headers(),
                    request.goodStatuses(),
                    request.address(),
                    request.ca(),
                    fresh,
                    each,
                    good));
        }
    }

    static Asked request() {
        return new Asked(HealthCheck.Request.PLAIN);
    }

    static CheckPlan.Check http(String endpoint, Asked asked, Duration timeout) {
        HealthCheck check = new HealthCheck(
                new HealthCheck.Question(HealthCheck.Type.HTTP, "/health", 0, "", 200, 399, null, 14, asked.request()),
                timeout.multipliedBy(2),
                timeout,
                new HealthCheck.Turns(1, 1, 1, Duration.ofSeconds(20)),
                new HealthCheck.Levels(5000, 8000, 0.95, 0.5));
        return new CheckPlan.Check("id", new RegionId("eu-west-1"), URI.create(endpoint), check, 0);
    }

    /** The same check, asked in that way. */
    static CheckPlan.Check with(CheckPlan.Check target, Asked asked) {
        HealthCheck.Question before = target.check().question();
        HealthCheck.Question question = new HealthCheck.Question(
                before.type(),
                before.path(),
                before.port(),
                before.subject(),
                before.statusFrom(),
                before.statusTo(),
                before.bodyContains(),
                before.certificateDays(),
                asked.request());
        return new CheckPlan.Check(
                target.id(), target.region(), target.endpoint(), target.check().asking(question), target.allowanceMs());
    }

    private Targets() {}
}
