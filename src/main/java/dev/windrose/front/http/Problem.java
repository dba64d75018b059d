package dev.windrose.front.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A refusal as RFC 9457 has it. Thrown by whatever reads a request, and answered by the {@link ApiServer}.
 *
 * <p>The type is stable: clients may compare it. The detail says what was wrong, what was expected and what to do.
 */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final ContentType JSON_TYPE = MediaTypes.applicationWithFixedCharset(
                    "problem+json", HttpCharsets.UTF_8)
            .toContentType();

    /** What went wrong. The type of the answer is {@code urn:windrose:problem:} and the name in kebab case. */
    enum Kind {
        BAD_REQUEST(400, "The request is not well-formed"),
        DUPLICATE(400, "It exists already"),
        UNAUTHENTICATED(401, "Nobody that is known"),
        FORBIDDEN(403, "It is not allowed"),
        UNKNOWN(404, "It does not exist"),
        WRONG_METHOD(405, "The method is not offered here"),
        TOO_SLOW(408, "The body took too long"),
        EXISTS(409, "It exists already"),
        UNSAFE(409, "It would do harm"),
        STALE(412, "It was changed by somebody else"),
        TOO_LARGE(413, "The body is too large"),
        WRONG_MEDIA_TYPE(415, "The body is of another kind"),
        TOO_MANY(429, "Too many requests"),
        INVALID(422, "The values are not acceptable"),
        KEY_REUSED(422, "The Idempotency-Key was used for another request"),
        FAILED(500, "Windrose has a fault"),
        NOTHING_SERVES(503, "No region can serve"),
        FULL(503, "No region has room"),
        UNAVAILABLE(503, "Writes are not possible now"),
        CLOCK_OFF(503, "The clock of this node is off"),
        OUTCOME_UNKNOWN(504, "Whether it was done is not known");

        final int status;
        final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        String type() {
            return "urn:windrose:problem:" + Json.kebab(name());
        }
    }

    private final Kind kind;
    private final int retryAfterSeconds;
    private final String allow;

    private Problem(Kind kind, String detail, int retryAfterSeconds, String allow) {
        super(detail, null, false, false);
        this.kind = kind;
        this.retryAfterSeconds = retryAfterSeconds;
        this.allow = allow;
    }

    static Problem of(Kind kind, String detail) {
        return new Problem(kind, detail, 0, "");
    }

    static Problem invalid(String detail) {
        return of(Kind.INVALID, detail);
    }

    static Problem unknown(String what, String name) {
        return of(Kind.UNKNOWN, what + ": '" + Json.shortened(name) + "' (expected: one that exists)");
    }

    static Problem unavailable(String detail, long retryAfterSeconds) {
        return new Problem(Kind.UNAVAILABLE, detail, (int) Math.max(1, retryAfterSeconds), "");
    }

    static Problem tooMany() {
        return new Problem(
                Kind.TOO_MANY, "requests: more than this address may send (expected: fewer per second)", 1, "");
    }

    static Problem full(String detail) {
        return new Problem(Kind.FULL, detail, 1, "");
    }

    static Problem wrongMethod(String method, String allowed) {
        return new Problem(
                Kind.WRONG_METHOD, "method: " + Json.shortened(method) + " (expected: " + allowed + ")", 0, allowed);
    }

    Kind kind() {
        return kind;
    }

    int status() {
        return kind.status;
    }

    HttpResponse response() {
        return response(kind.status);
    }

    /** @param status another one than that of the kind, where HTTP has a finer one */
    HttpResponse response(int status) {
        ObjectNode body = Json.object();
        body.put("type", kind.type())
                .put("title", kind.title)
                .put("status", status)
                .put("detail", getMessage());
        HttpResponse response =
                HttpResponse.create().withStatus(status).withEntity(HttpEntities.create(JSON_TYPE, Json.bytes(body)));
        if (kind == Kind.UNAUTHENTICATED) {
            response = response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"windrose\""));
        }
        if (retryAfterSeconds > 0) {
            response = response.addHeader(RawHeader.create("Retry-After", Integer.toString(retryAfterSeconds)));
        }
        if (kind == Kind.TOO_SLOW || kind == Kind.TOO_LARGE) {
            // The rest of the body is not waited for.
            response = response.addHeader(Connection.create("close"));
        }
        return allow.isEmpty() ? response : response.addHeader(RawHeader.create("Allow", allow));
    }
}
