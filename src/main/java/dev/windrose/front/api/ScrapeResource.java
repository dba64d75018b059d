package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.model.Permission;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code GET /metrics}: all metrics in the Prometheus text format. */
public final class ScrapeResource implements Resource {

    private final Supplier<String> scrape;

    public ScrapeResource(Supplier<String> scrape) {
        this.scrape = scrape;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/metrics", Permission.READ, this::scrape);
    }

    private CompletionStage<HttpResponse> scrape(Call call) {
        return Reply.now(HttpResponse.create()
                .withEntity(HttpEntities.create(
                        ContentTypes.TEXT_PLAIN_UTF8, scrape.get().getBytes(StandardCharsets.UTF_8))));
    }
}
