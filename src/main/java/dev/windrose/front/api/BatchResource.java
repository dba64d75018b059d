package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.decide.route.Choice;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.front.web.Timestamps;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RuleId;
import dev.windrose.watch.HttpMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/route:batch}: many decisions in one call, {@code {"requests":[{"rule_id", "client_region",
 * "affinity_key", "lat", "lon"}]}}. Returns {@code {"decisions":[...]}} in the same order; a request that cannot be
 * answered has an {@code error} in its place and does not affect the others.
 */
public final class BatchResource implements Resource {

    private static final int TEXT_AT_MOST = 256;
    private static final byte[] HEAD = "{\"decisions\":[".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TAIL = "],\"count\":".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] UNANSWERED = "{\"rule_id\":".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] ERROR = ",\"region\":null,\"error\":\"".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] END = "\"}".getBytes(StandardCharsets.ISO_8859_1);

    private static final int RULE_ID = 1;
    private static final int CLIENT_REGION = 2;
    private static final int AFFINITY_KEY = 4;
    private static final int LAT = 8;
    private static final int LON = 16;
    private static final int CLIENT_IP = 32;

    /** As strict as the general parser; duplicate names are detected here, at a tenth of its cost. */
    private static final JsonFactory FACTORY =
            Json.FACTORY.copy().configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), false);

    /** One request of the batch. */
    private record Asked(String rule, @Nullable String place, Client client) {}

    private final Director director;
    private final Gate gate;
    private final ClientLocator locator;
    private final int atMost;
    private final HttpMeters meters;
    private final Timestamps moment;

    public BatchResource(
            Director director, Gate gate, ClientLocator locator, int atMost, HttpMeters meters, Timestamps moment) {
        this.gate = gate;
        this.director = director;
        this.locator = locator;
        this.atMost = atMost;
        this.meters = meters;
        this.moment = moment;
    }

    @Override
    public void addTo(Router router) {
        router.add("POST", "/api/v1/route:batch", Permission.DECIDE, Scope.EACH, this::batch);
    }

    private CompletionStage<HttpResponse> batch(Call call) {
        call.onlyQueries();
        // All are parsed before one is decided: an invalid body changes nothing.
        List<Asked> batch = read(call.bytes());
        DecisionWriter out = new DecisionWriter(moment, batch.size() * DecisionWriter.USUAL);
        long ageMs = director.dataAgeMs();
        long epochMs = System.currentTimeMillis();
        out.raw(HEAD);
        int decided = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (i > 0) {
                out.raw((byte) ',');
            }
            Asked asked = batch.get(i);
            decided += mayAsk(call.principal(), asked.rule(), out) && answer(asked, out, ageMs, epochMs) ? 1 : 0;
        }
        meters.decided(decided);
        return Reply.now(out.raw(TAIL).number(batch.size()).raw((byte) '}').response());
    }

    /** Whether the caller may use that rule; if not, the refusal is written instead of the answer. */
    private boolean mayAsk(Principal who, String rule, DecisionWriter out) {
        boolean may = who.mayEverywhere(Permission.DECIDE)
                || (Identifier.FORM.matcher(rule).matches()
                        // A rule that does not exist gets the same answer as a hidden one.
                        && director.catalog().rules().containsKey(new RuleId(rule))
                        && gate.reads(who, Permission.DECIDE, new RuleId(rule)));
        if (!may) {
            out.raw(UNANSWERED).quote(rule).raw(ERROR);
            out.ascii("forbidden").raw(END);
        }
        return may;
    }

    /** Writes the answer; false when it contains no decision. */
    private boolean answer(Asked asked, DecisionWriter out, long ageMs, long epochMs) {
        Choice choice = director.route(asked.rule(), asked.client());
        if (choice == null || choice.region() == null) {
            if (choice != null) {
                director.refuse(choice);
            }
            out.raw(UNANSWERED).quote(asked.rule()).raw(ERROR);
            out.ascii(choice == null ? undecided(asked.rule()) : choice.reason().wireName())
                    .raw(END);
            return false;
        }
        out.decision(
                        choice,
                        asked.place(),
                        asked.client().isPlaced(),
                        director.begin(choice, asked.client()),
                        ageMs,
                        epochMs)
                .raw((byte) '}');
        return true;
    }

    private String undecided(String rule) {
        boolean paused = Identifier.FORM.matcher(rule).matches()
                && director.catalog().rules().containsKey(new RuleId(rule));
        return paused ? "paused_rule" : "unknown_rule";
    }

    private List<Asked> read(byte[] body) {
        List<Asked> batch = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(body)) {
            expect(parser, parser.nextToken() == JsonToken.START_OBJECT, "body", "an object with the field requests");
            expect(
                    parser,
                    parser.nextToken() == JsonToken.FIELD_NAME
                            && parser.currentName().equals("requests"),
                    "body",
                    "only the field requests");
            expect(parser, parser.nextToken() == JsonToken.START_ARRAY, "requests", "a list");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (batch.size() == atMost) {
                    throw Problem.invalid("requests: more than " + atMost + " (expected: 1 to " + atMost + ")");
                }
                batch.add(one(parser, batch.size()));
            }
            expect(parser, !batch.isEmpty(), "requests", "1 to " + atMost);
            expect(parser, parser.nextToken() == JsonToken.END_OBJECT, "body", "only the field requests");
            expect(parser, parser.nextToken() == null, "body", "one JSON object");
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw Problem.invalid("body: not readable (expected: a JSON object)");
        }
        return batch;
    }

    private Asked one(JsonParser parser, int index) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            expect(parser, false, "requests[" + index + "]", "an object with rule_id");
        }
        String rule = null;
        String place = null;
        String affinity = null;
        String address = null;
        double latitude = Double.NaN;
        double longitude = Double.NaN;
        int seen = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int field = field(name, index);
            if ((seen & field) != 0) {
                throw Problem.invalid(at(index, name) + ": given twice (expected: once)");
            }
            seen |= field;
            JsonToken value = parser.nextToken();
            switch (field) {
                case RULE_ID -> rule = text(parser, value, index, name);
                case CLIENT_REGION -> place = value == JsonToken.VALUE_NULL ? null : text(parser, value, index, name);
                case AFFINITY_KEY -> affinity = value == JsonToken.VALUE_NULL ? null : text(parser, value, index, name);
                case CLIENT_IP -> address = value == JsonToken.VALUE_NULL ? null : text(parser, value, index, name);
                case LAT -> latitude = number(parser, value, index, name, 90);
                default -> longitude = number(parser, value, index, name, 180);
            }
        }
        if (rule == null) {
            throw Problem.invalid(at(index, "rule_id") + ": missing (expected: the name of a rule)");
        }
        if (place != null && !PlaceNames.isPlace(place)) {
            throw Problem.invalid(at(index, "client_region") + ": '" + Json.shortened(place)
                    + "' (expected: the name of an area or region, such as europe)");
        }
        if (Double.isNaN(latitude) != Double.isNaN(longitude)) {
            throw Problem.invalid(at(index, "lat") + ": only one of lat and lon (expected: both or neither)");
        }
        Coordinate where = Double.isNaN(latitude) ? null : new Coordinate(latitude, longitude);
        if (place == null && where == null && address != null) {
            ClientLocator.Found found = locator.addressed(Call.address(address, at(index, "client_ip")));
            return new Asked(rule, found.area(), found.client(affinity));
        }
        if (place == null) {
            return new Asked(rule, null, new Client(null, where, affinity));
        }
        Client named = locator.named(place, affinity);
        return new Asked(
                rule, place, where == null ? named : new Client(named.known() ? named.area() : null, where, affinity));
    }

    private static int field(String name, int index) {
        return switch (name) {
            case "rule_id" -> RULE_ID;
            case "client_region" -> CLIENT_REGION;
            case "affinity_key" -> AFFINITY_KEY;
            case "lat" -> LAT;
            case "lon" -> LON;
            case "client_ip" -> CLIENT_IP;
            default ->
                throw Problem.invalid(at(index, Json.shortened(name))
                        + ": unknown field (expected: only affinity_key, client_ip, client_region, lat, lon, rule_id)");
        };
    }

    private static String at(int index, String name) {
        return "requests[" + index + "]." + name;
    }

    private static String text(JsonParser parser, JsonToken value, int index, String name) throws IOException {
        String text = value == JsonToken.VALUE_STRING ? parser.getText() : "";
        if (text.isEmpty() || text.length() > TEXT_AT_MOST || !Json.isPlain(text)) {
            throw Problem.invalid(at(index, name) + ": " + Json.shortened(String.valueOf(parser.getText()))
                    + " (expected: a string of 1 to " + TEXT_AT_MOST + " printable characters)");
        }
        return text;
    }

    private static double number(JsonParser parser, JsonToken value, int index, String name, double bound)
            throws IOException {
        double number = value.isNumeric() ? parser.getDoubleValue() : Double.NaN;
        if (!(Math.abs(number) <= bound)) {
            throw Problem.invalid(at(index, name) + ": " + Json.shortened(String.valueOf(parser.getText()))
                    + " (expected: a number from -" + bound + " to " + bound + ")");
        }
        return number;
    }

    private static void expect(JsonParser parser, boolean met, String what, String expected) throws IOException {
        if (!met) {
            throw Problem.invalid(
                    what + ": " + Json.shortened(String.valueOf(parser.getText())) + " (expected: " + expected + ")");
        }
    }
}
