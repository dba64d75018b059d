package dev.windrose.front.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.windrose.decide.route.Choice;
import dev.windrose.live.table.Director;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.watch.HttpMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/route:batch}: many decisions in one call, {@code {"requests":[{"rule_id", "client_region",
 * "affinity_key", "lat", "lon"}]}}. Answers {@code {"decisions":[...]}} in the same order; a request that cannot be
 * answered has an {@code error} in its place, and the others are answered.
 */
final class BatchResource {

    private static final int AFFINITY_AT_MOST = 256;
    private static final int ANSWER = 320;

    /** One request of a batch, read and found right. */
    private record Asked(
            String rule,
            @Nullable String place,
            Client client) {}

    private final Director director;
    private final int atMost;
    private final HttpMeters meters;

    BatchResource(Director director, int atMost, HttpMeters meters) {
        this.meters = meters;
        this.director = director;
        this.atMost = atMost;
    }

    void addTo(Router router) {
        router.add("POST", "/api/v1/route:batch", this::batch);
    }

    private CompletionStage<HttpResponse> batch(Call call) {
        call.onlyQueries();
        // All are read before one is decided: a body with a fault counts nothing.
        List<Asked> asked = read(call.bytes());
        StringBuilder out = new StringBuilder(asked.size() * ANSWER);
        String now = Instant.now().toString();
        long ageMs = director.dataAgeMs();
        out.append("{\"decisions\":[");
        int decided = 0;
        for (int i = 0; i < asked.size(); i++) {
            out.append(i == 0 ? "" : ",");
            decided += answer(asked.get(i), out, ageMs, now) ? 1 : 0;
        }
        meters.decided(decided);
        out.append("],\"count\":").append(asked.size()).append('}');
        return Reply.now(HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.APPLICATION_JSON, out.toString().getBytes(StandardCharsets.UTF_8))));
    }

    private List<Asked> read(byte[] body) {
        List<Asked> asked = new ArrayList<>();
        try (JsonParser parser = Json.FACTORY.createParser(body)) {
            expect(parser, parser.nextToken() == JsonToken.START_OBJECT, "body", "an object with requests");
            expect(
                    parser,
                    parser.nextToken() == JsonToken.FIELD_NAME
                            && parser.currentName().equals("requests"),
                    "body",
                    "only the field requests");
            expect(parser, parser.nextToken() == JsonToken.START_ARRAY, "requests", "a list");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (asked.size() == atMost) {
                    throw Problem.invalid("requests: more than " + atMost + " (expected: 1 to " + atMost + ")");
                }
                asked.add(one(parser, "requests[" + asked.size() + "]"));
            }
            expect(parser, !asked.isEmpty(), "requests", "1 to " + atMost);
            expect(parser, parser.nextToken() == JsonToken.END_OBJECT, "body", "only the field requests");
            expect(parser, parser.nextToken() == null, "body", "one JSON object");
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw Problem.invalid("body: cannot be read (expected: a JSON object)");
        }
        return asked;
    }

    private Asked one(JsonParser parser, String at) throws IOException {
        expect(parser, parser.currentToken() == JsonToken.START_OBJECT, at, "an object with rule_id");
        String rule = null;
        String place = null;
        String affinity = null;
        double latitude = Double.NaN;
        double longitude = Double.NaN;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "rule_id" -> rule = text(parser, value, at, name);
                case "client_region" -> place = value == JsonToken.VALUE_NULL ? null : text(parser, value, at, name);
                case "affinity_key" -> affinity = value == JsonToken.VALUE_NULL ? null : text(parser, value, at, name);
                case "lat" -> latitude = number(parser, value, at, name, 90);
                case "lon" -> longitude = number(parser, value, at, name, 180);
                default ->
                    throw Problem.invalid(at + "." + Json.shortened(name)
                            + ": unknown field (expected: only affinity_key, client_region, lat, lon, rule_id)");
            }
        }
        if (rule == null) {
            throw Problem.invalid(at + ".rule_id: missing (expected: the name of a rule)");
        }
        if (place != null && !Answers.isPlace(place)) {
            throw Problem.invalid(at + ".client_region: '" + Json.shortened(place)
                    + "' (expected: the name of an area or region, such as europe)");
        }
        if (Double.isNaN(latitude) != Double.isNaN(longitude)) {
            throw Problem.invalid(at + ": one of lat and lon (expected: both or none)");
        }
        Coordinate where = Double.isNaN(latitude) ? null : new Coordinate(latitude, longitude);
        return new Asked(rule, place, new Client(place == null ? null : lower(place), where, affinity));
    }

    /** Appends the answer; false when it holds no decision. */
    private boolean answer(Asked asked, StringBuilder out, long ageMs, String now) {
        Choice choice = director.route(asked.rule(), asked.client());
        if (choice == null || choice.region() == null) {
            out.append("{\"rule_id\":");
            Json.quote(out, asked.rule());
            out.append(",\"region\":null,\"error\":\"")
                    .append(choice == null ? "unknown_rule" : choice.reason().wireName())
                    .append("\"}");
            return false;
        }
        Answers.write(out, choice, asked.place(), director.begin(choice), ageMs, now);
        return true;
    }

    private static String lower(String place) {
        for (int i = 0; i < place.length(); i++) {
            if (place.charAt(i) >= 'A' && place.charAt(i) <= 'Z') {
                return place.toLowerCase(Locale.ROOT);
            }
        }
        return place;
    }

    private static String text(JsonParser parser, JsonToken value, String at, String name) throws IOException {
        String text = value == JsonToken.VALUE_STRING ? parser.getText() : "";
        if (text.isEmpty() || text.length() > AFFINITY_AT_MOST) {
            throw Problem.invalid(at + "." + name + ": " + Json.shortened(String.valueOf(parser.getText()))
                    + " (expected: a text of 1 to " + AFFINITY_AT_MOST + " characters)");
        }
        return text;
    }

    private static double number(JsonParser parser, JsonToken value, String at, String name, double bound)
            throws IOException {
        double number = value.isNumeric() ? parser.getDoubleValue() : Double.NaN;
        if (!(Math.abs(number) <= bound)) {
            throw Problem.invalid(at + "." + name + ": " + Json.shortened(String.valueOf(parser.getText()))
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
