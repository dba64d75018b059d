package dev.windrose.front.web;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.decide.definition.DefinitionState;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The kinds of responses. */
public final class Reply {

    /** The process is alive. */
    public static final HttpResponse LIVE = HttpResponse.create()
            .withEntity(HttpEntities.create(
                    ContentTypes.APPLICATION_JSON, "{\"status\":\"live\"}".getBytes(StandardCharsets.UTF_8)));

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    public static HttpResponse json(JsonNode body) {
        return json(OK, body);
    }

    public static HttpResponse json(int status, JsonNode body) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.bytes(body)));
    }

    /** An answer with the revision of what it shows. */
    public static HttpResponse tagged(JsonNode body, DefinitionState state) {
        return json(body).addHeader(RawHeader.create("ETag", "\"" + state.revision() + "\""));
    }

    public static HttpResponse created(String location, JsonNode body, DefinitionState state) {
        return json(CREATED, body)
                .addHeader(RawHeader.create("Location", location))
                .addHeader(RawHeader.create("ETag", "\"" + state.revision() + "\""));
    }

    public static HttpResponse nothing() {
        return HttpResponse.create().withStatus(NO_CONTENT);
    }

    public static CompletionStage<HttpResponse> now(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }

    private Reply() {}
}
