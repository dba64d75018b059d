package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.reach.ProbeRequest;
import dev.windrose.live.reach.DialAttempts;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.tls.Trust;
import dev.windrose.model.HealthCheck;
import java.net.InetAddress;
import java.util.List;

/**
 * One running check.
 *
 * @param request the request, the same that the definition was validated with
 * @param addresses resolved for the name, at least one
 * @param trust the trusted certificate authorities
 * @param trail records the addresses that it tries
 * @param began by {@link System#nanoTime}
 * @param deadlineNanos by the same clock; by then the check is over and its sockets are closed
 */
record CheckInFlight(
        CheckPlan.Check target,
        ProbeRequest request,
        List<InetAddress> addresses,
        Trust trust,
        DialAttempts trail,
        long began,
        long deadlineNanos) {

    HealthCheck.Question question() {
        return target.check().question();
    }

    /** The check's settings beyond those of the endpoint. */
    HealthCheck.Request manner() {
        return question().request();
    }

    OutboundLoop.Way way() {
        return new OutboundLoop.Way(addresses, request.port(), trail, deadlineNanos);
    }

    /** Time since it began, in ms, excluding attempts on other addresses than the one that answers. */
    double latencyMs() {
        return (System.nanoTime() - began - trail.waitedNanos()) / 1e6;
    }

    /** It was answered as expected. */
    Reading answered() {
        return Reading.answered(target.check(), latencyMs(), target.allowanceMs());
    }

    Reading failed(String cause) {
        return Reading.failed(latencyMs(), cause);
    }
}
