package dev.windrose.front.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import dev.windrose.decide.route.Choice;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The plain form of the routing call, {@code GET /api/v1/route/{client_region}?rule_id=}, answered ahead of everything
 * else, and the constant answer that it is measured against.
 *
 * <p>Whatever is not of the plain form is left to {@link RouteResource}, which also says what is wrong with it.
 */
final class FastRoute {

    private static final String PREFIX = "/api/v1/route/";
    private static final String RULE = "rule_id=";
    private static final String AFFINITY = "affinity_key=";
    private static final int AFFINITY_AT_MOST = 256;
    private static final int ANSWER = 384;

    static final HttpResponse LIVE = HttpResponse.create()
            .withEntity(HttpEntities.create(
                    ContentTypes.APPLICATION_JSON, "{\"status\":\"live\"}".getBytes(StandardCharsets.UTF_8)));

    private final Director director;

    FastRoute(Director director) {
        this.director = director;
    }

    /** The answer, or null when the request is not of the plain form or cannot be answered with a region. */
    @Nullable
    HttpResponse answer(HttpRequest request) {
        if (request.method() != HttpMethods.GET || !(request instanceof akka.http.scaladsl.model.HttpRequest scala)) {
            return null;
        }
        String path = scala.uri().path().toString();
        if (!path.startsWith(PREFIX)) {
            return path.equals("/health/live") ? LIVE : null;
        }
        scala.Option<String> query = scala.uri().rawQueryString();
        String place = path.substring(PREFIX.length());
        if (query.isEmpty() || !Answers.isPlace(place)) {
            return null;
        }
        return answer(place, query.get());
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
        Client client = new Client(place.toLowerCase(Locale.ROOT), null, affinity);
        Choice choice = director.route(rule, client);
        if (choice == null || choice.region() == null) {
            return null;
        }
        StringBuilder out = new StringBuilder(ANSWER);
        Answers.write(
                out,
                choice,
                place,
                director.begin(choice),
                director.dataAgeMs(),
                Instant.now().toString());
        return HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.APPLICATION_JSON, out.toString().getBytes(StandardCharsets.ISO_8859_1)));
    }
}
