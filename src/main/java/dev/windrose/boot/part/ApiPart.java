package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.front.api.DocumentResource;
import dev.windrose.front.web.ApiServer;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Pipeline;
import dev.windrose.front.web.Resource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The routing API: serves the calls of all parts. */
public final class ApiPart implements Part {

    private static final Duration BIND_AT_MOST = Duration.ofSeconds(20);

    private final TlsPart tls;
    private final MemberPart member;
    private final TablePart table;
    private final AccessPart access;
    private final DefinitionPart rules;
    private final DecisionPart decisions;
    private final AuditPart audit;
    private final SetOnce<DataPlane> plane = new SetOnce<>("API");
    private final SetOnce<ApiServer> server = new SetOnce<>("API");

    public ApiPart(
            TlsPart tls,
            MemberPart member,
            TablePart table,
            AccessPart access,
            DefinitionPart rules,
            DecisionPart decisions,
            AuditPart audit) {
        this.tls = tls;
        this.member = member;
        this.table = table;
        this.access = access;
        this.rules = rules;
        this.decisions = decisions;
        this.audit = audit;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(HttpSection.HTTP);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
    }

    @Override
    public List<Resource> calls() {
        return List.of(new DocumentResource(plane.get().version()));
    }

    /**
     * Opens it. Waits until its port is bound.
     *
     * @param calls of all parts
     * @throws WrongSetting when the port is in use
     */
    public ApiServer listen(List<Resource> calls) {
        DataPlane data = plane.get();
        HttpSettings http = data.settings().of(HttpSection.HTTP);
        Pipeline pipeline = new Pipeline(
                access.authenticator(),
                access.gate(),
                audit.log(),
                decisions.fast(),
                table.director()::caughtUp,
                rules::onItsWay,
                member::drained);
        try {
            return server.set(ApiServer.start(
                            data.system(),
                            http,
                            tls.server(),
                            pipeline,
                            calls,
                            data.pools().connections,
                            decisions.meters())
                    .toCompletableFuture()
                    .get(BIND_AT_MOST.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new WrongSetting(
                    "windrose.http.port: " + http.port() + " (expected: a free port, " + FailureText.oneLine(e) + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }

    @Override
    public void notReady() {
        ApiServer open = server.orNull();
        if (open != null) {
            open.notReady();
        }
    }

    @Override
    public CompletionStage<Done> drain(Duration atMost) {
        ApiServer open = server.orNull();
        return open == null ? CompletableFuture.completedFuture(Done.getInstance()) : open.drain(atMost);
    }
}
