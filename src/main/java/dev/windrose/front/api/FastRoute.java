package dev.windrose.front.api;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.Uri;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.decide.route.Choice;
import dev.windrose.front.web.FastPath;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Timestamps;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plain form of the routing call, {@code GET /api/v1/route/{client_region}?rule_id=}, answered before any other
 * processing, and the constant answer that serves as its benchmark baseline.
 *
 * <p>Every other form is left to {@link RouteResource}, which also reports what is wrong with it.
 */
public final class FastRoute implements FastPath {

    private static final List<String> BEFORE_PLACE = List.of("api", "v1", "route");
    private static final String RULE = "rule_id=";
    private static final String AFFINITY = "affinity_key=";
    private static final int AFFINITY_AT_MOST = 256;

    private final Director director;
    private final ClientLocator locator;
    private final Timestamps moment;

    public FastRoute(Director director, ClientLocator locator, Timestamps moment) {
        this.director = director;
        this.locator = locator;
        this.moment = moment;
    }

    /**
     * The answer, or null when the request does not have the plain form, no region can be returned, or the caller may
     * not use every rule.
     */
    @Override
    public @Nullable HttpResponse answer(HttpRequest request, Principal who) {
        if (request.method() != HttpMethods.GET || !(request instanceof akka.http.scaladsl.model.HttpRequest scala)) {
            return null;
        }
        if (!(request.entity() instanceof HttpEntity.Strict)) {
            // An answer before the end of the body would close the connection, and Akka would log that.
            return null;
        }
        Uri.Path path = scala.uri().path();
        Uri.Path last = after(path, BEFORE_PLACE);
        if (last == null) {
            return "live".equals(segment(after(path, List.of("health")))) ? Reply.LIVE : null;
        }
        String place = segment(last);
        scala.Option<String> query = scala.uri().rawQueryString();
        if (place == null || query.isEmpty() || !PlaceNames.isPlace(place) || !who.mayEverywhere(Permission.DECIDE)) {
            return null;
        }
        return answer(place, query.get());
    }

    /** What follows these segments, or null when others are there. */
    private static Uri.@Nullable Path after(Uri.Path path, List<String> segments) {
        Uri.Path rest = path;
        for (int i = 0; i < segments.size(); i++) {
            if (!rest.startsWithSlash()) {
                return null;
            }
            rest = rest.tail();
            if (rest.isEmpty() || !segments.get(i).equals(rest.head())) {
                return null;
            }
            rest = rest.tail();
        }
        return rest;
    }

    /** The one segment that a path consists of, or null when it is another path. */
    private static @Nullable String segment(Uri.@Nullable Path path) {
        if (path == null || !path.startsWithSlash()) {
            return null;
        }
        Uri.Path rest = path.tail();
        return !rest.isEmpty()
                        && rest.head() instanceof String segment
                        && rest.tail().isEmpty()
                ? segment
                : null;
    }

    private @Nullable HttpResponse answer(String place, String query) {
        String rule = null;
        String affinity = null;
        int from = 0;
        while (from <= query.length()) {
            int ampersand = query.indexOf('&', from);
            int to = ampersand < 0 ? query.length() : ampersand;
            if (rule == null && query.startsWith(RULE, from)) {
                rule = query.substring(from + RULE.length(), to);
            } else if (affinity == null && query.startsWith(AFFINITY, from)) {
                affinity = query.substring(from + AFFINITY.length(), to);
            } else {
                return null;
            }
            from = to + 1;
        }
        boolean plain = affinity == null
                || (affinity.length() <= AFFINITY_AT_MOST
                        && !affinity.isEmpty()
                        && affinity.indexOf('%') < 0
                        && affinity.indexOf('+') < 0);
        if (rule == null || !plain) {
            return null;
        }
        Client client = locator.named(place, affinity);
        Choice choice = director.route(rule, client);
        if (choice == null) {
            return null;
        }
        if (choice.region() == null) {
            // The decision is made: repeating it on the slow path would be another decision.
            director.refuse(choice);
            return DecisionWriter.nothing(choice, client).response();
        }
        return new DecisionWriter(moment, DecisionWriter.USUAL)
                .decision(
                        choice,
                        place,
                        client.known(),
                        director.begin(choice, client),
                        director.dataAgeMs(),
                        System.currentTimeMillis())
                .raw((byte) '}')
                .response();
    }
}
