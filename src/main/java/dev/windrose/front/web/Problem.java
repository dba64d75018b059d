package dev.windrose.front.web;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A problem response (RFC 9457). Thrown by whatever reads a request, and sent by the {@link ApiServer}.
 *
 * <p>The type is stable: clients may compare it. The detail states what was wrong, what was expected and what to do.
 */
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final ContentType JSON_TYPE = MediaTypes.applicationWithFixedCharset(
                    "problem+json", HttpCharsets.UTF_8)
            .toContentType();

    /** The kind of problem. The type of the answer is {@code urn:windrose:problem:} and the name in kebab case. */
    public enum Kind {
        BAD_REQUEST(400, "Malformed request"),
        DUPLICATE(400, "Duplicate name"),
        UNAUTHENTICATED(401, "Authentication required"),
        UNKNOWN_KEY(401, "Authentication required"),
        FORBIDDEN(403, "Permission denied"),
        UNKNOWN(404, "Not found"),
        UNKNOWN_NAME(404, "Not found"),
        WRONG_METHOD(405, "Method not allowed"),
        TOO_SLOW(408, "Request timeout"),
        EXISTS(409, "Already exists"),
        UNSAFE(409, "Unsafe change refused"),
        PAUSED(409, "Rule is paused"),
        STALE(412, "Changed by someone else"),
        TOO_LARGE(413, "Request body too large"),
        WRONG_MEDIA_TYPE(415, "Unsupported media type"),
        TOO_MANY(429, "Too many requests"),
        INVALID(422, "Invalid values"),
        UNKNOWN_REFERENCE(422, "Invalid values"),
        KEY_REUSED(422, "Idempotency-Key already used"),
        FAILED(500, "Internal error"),
        NOTHING_SERVES(503, "No region available"),
        FULL(503, "All regions at capacity"),
        NOT_READY(503, "Not ready"),
        UNAVAILABLE(503, "Service unavailable"),
        CLOCK_OFF(503, "Clock out of sync"),
        OUTCOME_UNKNOWN(504, "Outcome unknown");

        final int status;
        final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /** The kind that callers see; the finer kinds are for this node. */
        private Kind shown() {
            return switch (this) {
                case UNKNOWN_REFERENCE -> INVALID;
                case UNKNOWN_NAME -> UNKNOWN;
                case UNKNOWN_KEY -> UNAUTHENTICATED;
                default -> this;
            };
        }

        String type() {
            return "urn:windrose:problem:" + Json.kebab(shown().name());
        }
    }

    private static final int CATCH_UP_SECONDS = 2;

    private final Kind kind;
    private final int retryAfterSeconds;
    private final String allow;

    private final transient @Nullable ArrayNode checks;

    private Problem(Kind kind, String detail, int retryAfterSeconds, String allow) {
        this(kind, detail, retryAfterSeconds, allow, null);
    }

    private Problem(Kind kind, String detail, int retryAfterSeconds, String allow, @Nullable ArrayNode checks) {
        super(detail, null, false, false);
        this.checks = checks;
        this.kind = kind;
        this.retryAfterSeconds = retryAfterSeconds;
        this.allow = allow;
    }

    public static Problem of(Kind kind, String detail) {
        return new Problem(kind, detail, 0, "");
    }

    public static Problem invalid(String detail) {
        return of(Kind.INVALID, detail);
    }

    public static Problem unknown(String what, String name) {
        return of(Kind.UNKNOWN_NAME, what + ": '" + Json.shortened(name) + "' (expected: an existing name)");
    }

    public static Problem unavailable(String detail, long retryAfterSeconds) {
        return new Problem(Kind.UNAVAILABLE, detail, (int) Math.max(1, retryAfterSeconds), "");
    }

    /** @param checks the failed checks, for machines */
    public static Problem notReady(String detail, ArrayNode checks) {
        return new Problem(Kind.NOT_READY, detail, 1, "", checks);
    }

    /** An unknown definition or key that may exist: this node has not caught up. */
    public static Problem notCaughtUp(String detail) {
        return new Problem(
                Kind.UNAVAILABLE,
                detail + "; this node has just started and may not have received it yet: retry, or ask another node",
                CATCH_UP_SECONDS,
                "");
    }

    /** A reference to something unknown here, which may be in transit. */
    public static Problem unknownReference(String detail) {
        return new Problem(Kind.UNKNOWN_REFERENCE, detail, 0, "");
    }

    public static Problem tooMany() {
        return new Problem(
                Kind.TOO_MANY, "requests: rate limit of this address exceeded (expected: fewer per second)", 1, "");
    }

    public static Problem full(String detail) {
        return new Problem(Kind.FULL, detail, 1, "");
    }

    static Problem wrongMethod(String method, String allowed) {
        return new Problem(
                Kind.WRONG_METHOD, "method: " + Json.shortened(method) + " (expected: " + allowed + ")", 0, allowed);
    }

    /** The cause of a failed stage. */
    public static Throwable in(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    public Kind kind() {
        return kind;
    }

    public HttpResponse response() {
        return response(kind.status);
    }

    /** @param status a finer HTTP status than that of the kind */
    public HttpResponse response(int status) {
        ObjectNode body = Json.object();
        body.put("type", kind.type())
                .put("title", kind.title)
                .put("status", status)
                .put("detail", getMessage());
        if (checks != null) {
            body.set("checks", checks);
        }
        HttpResponse response =
                HttpResponse.create().withStatus(status).withEntity(HttpEntities.create(JSON_TYPE, Json.bytes(body)));
        if (kind == Kind.UNAUTHENTICATED || kind == Kind.UNKNOWN_KEY) {
            response = response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"windrose\""));
        }
        if (retryAfterSeconds > 0) {
            response = response.addHeader(RawHeader.create("Retry-After", Integer.toString(retryAfterSeconds)));
        }
        if (kind == Kind.TOO_SLOW || kind == Kind.TOO_LARGE) {
            // The rest of the body is not read.
            response = response.addHeader(Connection.create("close"));
        }
        return allow.isEmpty() ? response : response.addHeader(RawHeader.create("Allow", allow));
    }
}
