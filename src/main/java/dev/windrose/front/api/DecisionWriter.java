package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.Reason;
import dev.windrose.decide.route.RulelessRouting;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Timestamps;
import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers to decisions directly into one array, for speed: ten thousand a second, and hundreds of thousands in
 * batches. For one thread and one answer.
 */
public final class DecisionWriter {

    /** Typical size of one decision. */
    static final int USUAL = 448;

    private static final int NUMBER_AT_MOST = 20;
    private static final int ID_LENGTH = 16;

    /** Characters allowed in a place name besides letters and digits. */
    private static final byte[] CLIENT = bytes("{\"client_region\":");

    private static final byte[] KNOWN = bytes(",\"client_region_known\":true,\"optimal_region\":\"");
    private static final byte[] NOT_KNOWN = bytes(",\"client_region_known\":false,\"optimal_region\":\"");
    private static final byte[] REGION = bytes("\",\"region\":\"");
    private static final byte[] ENDPOINT = bytes("\",\"endpoint\":");
    private static final byte[] RULE = bytes(",\"rule_id\":\"");
    private static final byte[] NO_RULE = bytes(",\"rule_id\":null,\"selection_reason\":\"");
    private static final byte[] REASON = bytes("\",\"selection_reason\":\"");
    private static final byte[] TIER = bytes("\",\"tier\":\"");
    private static final byte[] GEOGRAPHIC = bytes("\",\"geographic_rule\":\"");
    private static final byte[] DECISION = bytes("\",\"decision_id\":\"");
    private static final byte[] TTL = bytes("\",\"ttl_seconds\":");
    private static final byte[] AGE = bytes(",\"data_age_ms\":");
    private static final byte[] TIME = bytes(",\"timestamp\":\"");
    private static final byte[] NULL = bytes("null");
    private static final byte[] HEX = bytes("0123456789abcdef");

    private final Timestamps moment;
    private byte[] bytes;
    private int at = 0;

    /** @param size expected bytes; grows as needed */
    DecisionWriter(Timestamps moment, int size) {
        this.moment = moment;
        this.bytes = new byte[size];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes a decision without its closing brace.
     *
     * @param choice with a region
     * @param clientRegion as given by the client, or null
     * @param known whether the client's location is known
     */
    DecisionWriter decision(
            Choice choice, @Nullable String clientRegion, boolean known, long decisionId, long ageMs, long epochMs) {
        RegionId region = choice.region();
        if (region == null) {
            throw new IllegalArgumentException("choice: no region (expected: one)");
        }
        raw(CLIENT);
        quoteOrNull(clientRegion);
        // Names of rules and regions need no escaping: they are made of a-z, 0-9, '.', '_' and '-'.
        raw(known ? KNOWN : NOT_KNOWN)
                .ascii(region.value())
                .raw(REGION)
                .ascii(region.value())
                .raw(ENDPOINT);
        URI endpoint = choice.endpoint();
        quoteOrNull(endpoint == null ? null : endpoint.toString());
        if (choice.rule().equals(RulelessRouting.ID)) {
            raw(NO_RULE);
        } else {
            raw(RULE).ascii(choice.rule().value()).raw(REASON);
        }
        ascii(choice.reason().wireName());
        raw(TIER).ascii(choice.tier().wireName());
        RuleId geographicRule = choice.geographicRule();
        if (geographicRule != null) {
            raw(GEOGRAPHIC).ascii(geographicRule.value());
        }
        raw(DECISION).hex(decisionId);
        raw(TTL).number(choice.ttlSeconds());
        raw(AGE).number(ageMs);
        raw(TIME).time(epochMs);
        return raw((byte) '"');
    }

    DecisionWriter raw(byte[] text) {
        room(text.length);
        System.arraycopy(text, 0, bytes, at, text.length);
        at += text.length;
        return this;
    }

    DecisionWriter raw(byte one) {
        room(1);
        bytes[at++] = one;
        return this;
    }

    /** Writes a text that is known to be ASCII and to need no escaping. */
    @SuppressWarnings("deprecation") // The only way to copy such a text without a detour; exact for ASCII.
    DecisionWriter ascii(String text) {
        int length = text.length();
        room(length);
        text.getBytes(0, length, bytes, at);
        at += length;
        return this;
    }

    /** Writes any text as a JSON string. */
    DecisionWriter quote(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                StringBuilder quoted = new StringBuilder();
                Json.quote(quoted, text);
                return raw(quoted.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return raw((byte) '"').ascii(text).raw((byte) '"');
    }

    private void quoteOrNull(@Nullable String text) {
        if (text == null) {
            raw(NULL);
        } else {
            quote(text);
        }
    }

    /** Writes a whole number, at least 0. */
    DecisionWriter number(long number) {
        room(NUMBER_AT_MOST);
        int digits = 1;
        for (long rest = number; rest > 9; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        at += digits;
        return this;
    }

    /** The form that {@code Director.text} gives to a decision id. */
    private void hex(long id) {
        room(ID_LENGTH);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[at++] = HEX[(int) (id >>> shift) & 0xF];
        }
    }

    private void time(long epochMs) {
        room(Timestamps.LENGTH);
        moment.write(epochMs, bytes, at);
        at += Timestamps.LENGTH;
    }

    private void room(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + more));
        }
    }

    /** The written bytes as an answer; nothing may be written afterwards. */
    HttpResponse response() {
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.create(ContentTypes.APPLICATION_JSON, ByteString.fromArrayUnsafe(bytes, 0, at)));
    }

    /** The answer without a region. */
    static Problem nothing(Choice choice, Client client) {
        if (choice.reason() == Reason.RESIDENCY && !client.isPlaced()) {
            return Problem.of(
                    Problem.Kind.NOTHING_SERVES,
                    "rule_id: '" + choice.rule()
                            + "' has no serving region among those in which its residency allows clients of"
                            + " unknown location (expected: a known place, or an entry \"*\" in the"
                            + " residency)");
        }
        if (choice.reason() == Reason.RESIDENCY) {
            return Problem.of(
                    Problem.Kind.NOTHING_SERVES,
                    "rule_id: '" + choice.rule()
                            + "' has no serving region among those in which its residency allows this client");
        }
        return choice.reason() == Reason.SHED
                ? Problem.full("rule_id: '" + choice.rule()
                        + "' has no region with spare capacity for this client (expected: retry later)")
                : Problem.of(
                        Problem.Kind.NOTHING_SERVES,
                        "rule_id: '" + choice.rule()
                                + "' has no serving region, and its fallback is fail_closed or a region without an"
                                + " endpoint");
    }
}
