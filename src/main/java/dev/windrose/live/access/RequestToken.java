package dev.windrose.live.access;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.Authorization;
import akka.http.javadsl.model.headers.HttpCredentials;
import org.jspecify.annotations.Nullable;

/** The token that a request carries. */
public final class RequestToken {

    private static final String BEARER = "Bearer";
    private static final String API_KEY = "x-api-key";

    /** Stands for an invalid credential: more than one was given, or one of another kind. */
    private static final String NONE_OF_OURS = " ";

    /** The token of {@code Authorization: Bearer} or {@code X-Api-Key}, or null when there is neither. */
    public static @Nullable String of(HttpRequest request) {
        String token = null;
        for (HttpHeader header : request.getHeaders()) {
            String found = null;
            if (header instanceof Authorization authorization) {
                HttpCredentials credentials = authorization.credentials();
                found = credentials.scheme().equalsIgnoreCase(BEARER) ? credentials.token() : NONE_OF_OURS;
            } else if (header.is(API_KEY)) {
                found = header.value();
            } else if (header.is("authorization")) {
                found = NONE_OF_OURS;
            }
            if (found != null) {
                token = token == null ? found : NONE_OF_OURS;
            }
        }
        return token;
    }

    private RequestToken() {}
}
