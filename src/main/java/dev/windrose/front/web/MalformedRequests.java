package dev.windrose.front.web;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;

/**
 * Answers input that is not valid HTTP, in the form of all other problems. Named in {@code windrose/akka-data.conf};
 * created by Akka.
 *
 * <p>An unknown method or version is the client's fault, so it is answered 400 where Akka would answer 501 or 505.
 * Nothing is logged: otherwise garbage input could flood the log.
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
