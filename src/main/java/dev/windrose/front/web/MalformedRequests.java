package dev.windrose.front.web;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;

/**
 * Answers what is no request of HTTP, in the form of all other problems. Named in {@code windrose/akka-data.conf}; Akka makes it.
 *
 * <p>A method or version that nobody knows is the client's fault and not this node's, so it is answered 400 where Akka would answer
 * 501 or 505. Nothing is logged: whoever wants a log full need only send rubbish.
 */
public final class MalformedRequests extends ParsingErrorHandler {

    private static final int BAD_REQUEST = 400;
    private static final int SERVER_ERROR = 500;

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        int code = status.intValue();
        Problem problem = Problem.of(
                Problem.Kind.BAD_REQUEST,
                "request: " + Json.shortened(error.summary()) + " (expected: HTTP/1.1, see docs/reference/api.md)");
        return SecurityHeaders.on(problem.response(code < SERVER_ERROR ? code : BAD_REQUEST));
    }
}
