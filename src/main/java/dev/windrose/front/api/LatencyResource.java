package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.Places;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.model.Permission;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/latency-map}: the known round trips from client places to regions. */
public final class LatencyResource implements Resource {

    private static final Set<String> CSV = Set.of("text/csv");
    private static final String PATH = "/api/v1/latency-map";
    private static final int USUAL_PAGE = 100;
    private static final int RETRY_SECONDS = 5;

    private final LatencyPlane plane;
    private final Supplier<Places> places;
    private final HttpSettings settings;

    /** @param places the currently known names */
    public LatencyResource(LatencyPlane plane, Supplier<Places> places, HttpSettings settings) {
        this.places = places;
        this.plane = plane;
        this.settings = settings;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.READ, this::show)
                .add("PUT", PATH, Permission.OPERATE, Scope.WHOLE, CSV, this::take)
                .add("DELETE", PATH + "/*", Permission.OPERATE, this::forget);
    }

    private CompletionStage<HttpResponse> show(Call call) {
        call.onlyQueries("from", "limit", "offset", "format");
        String format = call.query("format");
        if (format != null && !format.equals("csv") && !format.equals("json")) {
            throw Problem.invalid("format: '" + Json.shortened(format) + "' (expected: csv or json)");
        }
        if ("csv".equals(format) || (format == null && call.accepts("text/csv"))) {
            return export();
        }
        String from = call.query("from");
        long place = from == null ? PlaceKey.NONE : place("from", from);
        int offset = (int) call.query("offset", 0, Integer.MAX_VALUE, 0);
        int limit = (int) call.query("limit", 1, settings.pageSize(), Math.min(USUAL_PAGE, settings.pageSize()));
        return plane.look(place, offset, limit)
                .thenApplyAsync(looked -> Reply.json(shown(looked, offset, limit)), Runnable::run);
    }

    private CompletionStage<HttpResponse> export() {
        return plane.measured(LatencyCsv.MAX_LINES)
                .thenApplyAsync(
                        places -> HttpResponse.create()
                                .withEntity(HttpEntities.create(
                                        ContentTypes.TEXT_CSV_UTF8,
                                        LatencyCsv.write(places).getBytes(StandardCharsets.UTF_8))),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> take(Call call) {
        call.onlyQueries();
        Map<String, LatencyMap.Place> byName = new LinkedHashMap<>();
        try {
            LatencyCsv.parse(new String(call.bytes(), StandardCharsets.UTF_8)
                            .lines()
                            .iterator())
                    .forEach(place -> byName.merge(usual(place.place()), usual(place), LatencyResource::together));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        List<LatencyMap.Place> places = List.copyOf(byName.values());
        ObjectNode json = Json.object();
        json.put("places", places.size());
        json.put(
                "round_trips",
                places.stream().mapToInt(place -> place.legs().size()).sum());
        return plane.put(places)
                .thenApplyAsync(
                        done -> {
                            json.put("full_seconds", done.fullSeconds());
                            json.put("believed_seconds", done.believedSeconds());
                            return answered(done, "", Reply.json(json));
                        },
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> forget(Call call) {
        call.onlyQueries();
        String text = URLDecoder.decode(call.variable(0), StandardCharsets.UTF_8);
        return plane.forget(place("place", text))
                .thenApplyAsync(done -> answered(done, text, Reply.nothing()), Runnable::run);
    }

    private static HttpResponse answered(LatencyPlane.Imported done, String place, HttpResponse well) {
        return switch (done.result()) {
            case DONE -> well;
            case UNKNOWN -> throw Problem.unknown("place", place);
            case TOO_MANY_REGIONS -> throw Problem.invalid(done.detail());
            case NOT_SAVED ->
                throw Problem.unavailable(
                        "the map was changed but not saved, so a restart would lose the change: "
                                + Json.shortened(done.detail()) + " (expected: retry)",
                        RETRY_SECONDS);
        };
    }

    /** By the name by which clients there are found. */
    private LatencyMap.Place usual(LatencyMap.Place place) {
        return new LatencyMap.Place(usual(place.place()), place.within(), place.weight(), place.legs());
    }

    /** For two names of one place: for each region the round trip with more samples. */
    private static LatencyMap.Place together(LatencyMap.Place one, LatencyMap.Place other) {
        Map<String, LatencyMap.Leg> legs = new LinkedHashMap<>();
        one.legs().forEach(leg -> legs.put(leg.region(), leg));
        other.legs().forEach(leg -> legs.merge(leg.region(), leg, (a, b) -> a.samples() >= b.samples() ? a : b));
        return new LatencyMap.Place(
                one.place(), one.within(), one.weight() + other.weight(), List.copyOf(legs.values()));
    }

    private String usual(String place) {
        String found = places.get().find(place);
        return found == null ? place : found;
    }

    private long place(String what, String text) {
        try {
            return PlaceKey.parse(usual(text));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(what + ": '" + Json.shortened(text)
                    + "' (expected: the name of an area or region, a block of /24 or /48, or @LATITUDE:LONGITUDE)");
        }
    }

    private static ObjectNode shown(LatencyPlane.Looked looked, int offset, int limit) {
        ObjectNode json = Json.object();
        ArrayNode places = json.putArray("places");
        for (LatencyMap.Shown place : looked.places()) {
            ObjectNode shown = places.addObject();
            shown.put("place", place.place());
            shown.put("within", place.within().isEmpty() ? null : place.within());
            shown.put("traffic", rounded(place.weight()));
            ArrayNode legs = shown.putArray("regions");
            place.legs().forEach(leg -> put(legs.addObject(), leg));
        }
        json.put("total", looked.total());
        json.put("offset", offset);
        json.put("limit", limit);
        return json;
    }

    private static void put(ObjectNode json, LatencyMap.ShownLeg leg) {
        json.put("region", leg.known().region());
        json.put("estimate_ms", rounded(leg.estimateMs()));
        json.put("by", leg.measured() ? "measured" : "prior");
        json.put("mean_ms", rounded(leg.known().meanMs()));
        json.put("spread_ms", rounded(leg.known().spreadMs()));
        json.put("samples", rounded(leg.known().samples()));
        json.put(
                "age_seconds",
                leg.known().samples() > 0 ? Math.max(0, leg.known().ageSeconds()) : null);
    }

    private static @Nullable Double rounded(double number) {
        return Double.isNaN(number) ? null : Math.round(number * 100) / 100.0;
    }
}
