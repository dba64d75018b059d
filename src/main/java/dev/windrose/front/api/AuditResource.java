package dev.windrose.front.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.model.Permission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /api/v1/audit}: the audit, as lines of JSON; {@code GET /api/v1/audit/chains}: the nodes whose entries
 * this region's journal has.
 */
public final class AuditResource implements Resource {

    private static final String PATH = "/api/v1/audit";
    private static final int CHAIN_AT_MOST = 255;
    private static final long RETRY_SECONDS = 2;
    private static final akka.http.javadsl.model.ContentType LINES =
            ContentTypes.create(MediaTypes.applicationBinary("x-ndjson", true, "ndjson"));

    private final AuditLog audit;
    private final HttpSettings settings;

    public AuditResource(AuditLog audit, HttpSettings settings) {
        this.audit = audit;
        this.settings = settings;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.AUDIT, this::read)
                .add("GET", PATH + "/chains", Permission.AUDIT, this::chains);
    }

    private CompletionStage<HttpResponse> read(Call call) {
        call.onlyQueries("chain", "after", "limit");
        String chain = call.query("chain");
        if (chain != null && chain.length() > CHAIN_AT_MOST) {
            throw Problem.invalid("chain: " + chain.length() + " characters (expected: at most " + CHAIN_AT_MOST + ")");
        }
        long after = call.query("after", 0, Long.MAX_VALUE, 0);
        int limit = (int) call.query("limit", 1, settings.pageSize(), settings.pageSize());
        return audit.reader()
                .lines(chain == null ? audit.chain() : chain, after, limit)
                .handle((entries, failure) -> {
                    if (entries == null) {
                        throw away();
                    }
                    return HttpResponse.create().withEntity(HttpEntities.create(LINES, lines(entries)));
                });
    }

    /** As stored in the database: tampering there must remain visible. */
    private static byte[] lines(List<String> entries) {
        StringBuilder lines = new StringBuilder();
        entries.forEach(entry -> lines.append(entry).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private CompletionStage<HttpResponse> chains(Call call) {
        call.onlyQueries();
        return audit.reader().chains().handle((chains, failure) -> {
            if (chains == null) {
                throw away();
            }
            ObjectNode json = Json.object();
            json.put("own", audit.chain());
            ObjectNode newest = json.putObject("newest");
            ObjectNode oldest = json.putObject("oldest");
            ObjectNode heads = json.putObject("heads");
            chains.forEach((chain, seen) -> {
                newest.put(chain, seen.last());
                oldest.put(chain, seen.first());
                heads.put(chain, seen.hash());
            });
            return Reply.json(json);
        });
    }

    private static Problem away() {
        return Problem.unavailable("the journal of this region does not answer; retry", RETRY_SECONDS);
    }
}
