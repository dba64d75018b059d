package dev.windrose.front.api;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.ApiDocument;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.model.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /api/v1/openapi.json}: the API document; and {@code GET /api/v1/docs}: the same as a page. The paths that
 * older clients use redirect to them.
 */
public final class DocumentResource implements Resource {

    private static final String PAGE = "windrose/console/docs.html";

    private final byte[] document;
    private final byte[] page = page();

    /** @param version of Windrose, included in the document */
    public DocumentResource(String version) {
        ObjectNode whole = ApiDocument.whole();
        whole.withObject("/info").put("x-windrose-version", version);
        document = Json.bytes(whole);
    }

    @Override
    public void addTo(Router router) {
        router.add(
                        "GET",
                        "/api/v1/openapi.json",
                        Permission.PUBLIC,
                        call -> answer(call, ContentTypes.APPLICATION_JSON, document))
                .add("GET", "/api/v1/docs", Permission.PUBLIC, call -> answer(call, ContentTypes.TEXT_HTML_UTF8, page))
                .add("GET", "/openapi.json", Permission.PUBLIC, call -> elsewhere("/api/v1/openapi.json"))
                .add("GET", "/docs", Permission.PUBLIC, call -> elsewhere("/api/v1/docs"));
    }

    private static CompletionStage<HttpResponse> elsewhere(String path) {
        return Reply.now(HttpResponse.create()
                .withStatus(StatusCodes.TEMPORARY_REDIRECT)
                .addHeader(RawHeader.create("Location", path)));
    }

    private static CompletionStage<HttpResponse> answer(Call call, ContentType type, byte[] body) {
        call.onlyQueries();
        return Reply.now(HttpResponse.create().withEntity(HttpEntities.create(type, body)));
    }

    private static byte[] page() {
        try (InputStream in = DocumentResource.class.getClassLoader().getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException(PAGE + ": missing (expected: on the class path)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
