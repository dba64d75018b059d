package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.live.geo.SampleQueue;
import dev.windrose.live.geo.SampleQuota;
import dev.windrose.live.table.Director;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1/beacon}: browsers measure the round trip to regions by a GET with an immediate, empty response, and
 * report it with {@code navigator.sendBeacon}. Allowed from any page; the samples per address block are limited.
 */
public final class BeaconResource implements Resource {

    private static final String PATH = "/api/v1/beacon";
    private static final Set<String> BODIES = Set.of("application/json", "text/plain");
    private static final int SAMPLES_AT_MOST = 64;
    private static final int ACCEPTED = 202;

    private record Measured(RegionId region, double ms) {}

    private final Set<RegionId> regions;
    private final Director director;
    private final LatencyPlane latency;
    private final ClientLocator locator;
    private final SampleQuota budget;
    private final HttpResponse nothing;
    private final HttpResponse preflight;
    private final HttpResponse script;

    public BeaconResource(
            RegionId self, Set<RegionId> regions, Director director, LatencyPlane latency, ClientLocator locator) {
        this.regions = regions;
        this.director = director;
        this.latency = latency;
        this.locator = locator;
        this.budget = latency.budget();
        this.nothing = open(Reply.nothing())
                .addHeader(RawHeader.create("Server-Timing", "region;desc=\"" + self + "\""))
                .addHeader(RawHeader.create("Timing-Allow-Origin", "*"))
                .addHeader(RawHeader.create("Cache-Control", "no-store"));
        this.preflight = open(Reply.nothing())
                .addHeader(RawHeader.create("Access-Control-Allow-Methods", "GET, POST, OPTIONS"))
                .addHeader(RawHeader.create("Access-Control-Allow-Headers", "Content-Type"))
                .addHeader(RawHeader.create("Access-Control-Max-Age", "86400"));
        this.script = open(HttpResponse.create()
                        .withEntity(HttpEntities.create(
                                MediaTypes.APPLICATION_JAVASCRIPT.toContentType(HttpCharsets.UTF_8),
                                resource("/windrose/beacon.js"))))
                .addHeader(RawHeader.create("Cache-Control", "max-age=3600"));
    }

    /** Pages of all origins may read it. */
    private static HttpResponse open(HttpResponse response) {
        return response.addHeader(RawHeader.create("Access-Control-Allow-Origin", "*"));
    }

    private static byte[] resource(String name) {
        try (InputStream in = BeaconResource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + ": missing (expected: in the program)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.PUBLIC, call -> Reply.now(nothing))
                .add("OPTIONS", PATH, Permission.PUBLIC, call -> Reply.now(preflight))
                .add("POST", PATH, Permission.PUBLIC, Scope.WHOLE, BODIES, this::report)
                .add("GET", PATH + ".js", Permission.PUBLIC, call -> Reply.now(script));
    }

    private CompletionStage<HttpResponse> report(Call call) {
        call.onlyQueries();
        List<Measured> samples = read(call.json());
        ClientLocator.Found found = call.place(locator);
        long within = found.by() == ClientLocator.By.NEAREST_NODE ? PlaceKey.NONE : within(found);
        int taken = found.network() == PlaceKey.NONE
                ? 0
                : budget.take(found.network(), samples.size(), TimeUnit.NANOSECONDS.toMinutes(System.nanoTime()));
        for (Measured sample : samples.subList(0, taken)) {
            latency.latencies()
                    .samples()
                    .offer(new SampleQueue.Sample(found.network(), within, sample.region(), sample.ms()));
        }
        for (int i = taken; i < samples.size(); i++) {
            latency.meters().refused();
        }
        ObjectNode json = Json.object();
        json.put("taken", taken);
        json.put("refused", samples.size() - taken);
        return Reply.now(open(HttpResponse.create()
                .withStatus(ACCEPTED)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.bytes(json)))));
    }

    private static long within(ClientLocator.Found found) {
        String area = found.area();
        Coordinate at = found.coordinate();
        return area != null ? PlaceKey.of(area) : at != null ? PlaceKey.of(at) : PlaceKey.NONE;
    }

    private List<Measured> read(ObjectNode body) {
        new Body(body, Set.of("samples"));
        JsonNode list = body.get("samples");
        if (list == null || !list.isArray() || list.isEmpty() || list.size() > SAMPLES_AT_MOST) {
            throw Problem.invalid("samples: " + (list == null ? "missing" : list.size() + " entries")
                    + " (expected: a list of 1 to " + SAMPLES_AT_MOST + ")");
        }
        List<Measured> samples = new ArrayList<>(list.size());
        for (JsonNode entry : list) {
            if (!(entry instanceof ObjectNode object)) {
                throw Problem.invalid("samples: " + Json.shortened(entry.toString()) + " (expected: objects)");
            }
            Body sample = new Body(object, Set.of("region", "rtt_ms"));
            RegionId region = new RegionId(sample.region("region"));
            if (!known(region)) {
                throw Problem.invalid(
                        "region: '" + region + "' (expected: a registered region, or one that a rule names)");
            }
            samples.add(
                    new Measured(region, sample.number("rtt_ms", LatencyCsv.LEAST_MS, LatencyCsv.MOST_MS, Double.NaN)));
            if (!sample.has("rtt_ms")) {
                throw Problem.invalid("rtt_ms: missing (expected: a value)");
            }
        }
        return samples;
    }

    private boolean known(RegionId region) {
        return regions.contains(region)
                || director.catalog().regions().containsKey(region)
                || director.catalog().rules().values().stream()
                        .anyMatch(rule -> rule.targets().contains(region));
    }
}
