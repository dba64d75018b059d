package dev.windrose.front.web;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.RequestDetails;
import dev.windrose.live.edit.AuditedFields;
import dev.windrose.live.edit.RequestEdits;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Audits every change and every refusal, and returns the request id to the caller. */
public final class AuditTrail {

    /** A change is answered once it is in the audit; the answer waits at most this long for it. */
    private static final long WRITTEN_AT_MOST_MS = 1000;

    private final AuditLog audit;
    private final RequestDetails requests = new RequestDetails();

    public AuditTrail(AuditLog audit) {
        this.audit = audit;
    }

    /** The answer, once the audit has recorded the call. */
    public CompletionStage<HttpResponse> told(
            HttpRequest request,
            @Nullable Permission permission,
            Principal who,
            RequestEdits written,
            HttpResponse answer,
            @Nullable Problem problem) {
        int status = answer.status().intValue();
        boolean refused = status == 401 || status == 403;
        boolean writes = permission != null && changes(permission) && request.method() != HttpMethods.GET;
        if (!refused && !writes) {
            return CompletableFuture.completedFuture(answer);
        }
        String id = requests.id(request);
        HttpResponse named = answer.addHeader(RawHeader.create(RequestDetails.ID, id));
        CompletionStage<?> recorded = CompletableFuture.completedFuture(null);
        String why = problem == null ? reason(request) : String.valueOf(problem.getMessage());
        if (written.isEmpty()) {
            recorded = audit.record(RequestDetails.event(request, who.name(), id, status, "", Map.of(), Map.of(), why));
        }
        for (RequestEdits.Rewrite rewrite : written.rewrites()) {
            AuditedFields fields = AuditedFields.between(rewrite.before(), rewrite.after());
            // They are written in order, so the last is written last.
            recorded = audit.record(RequestDetails.event(
                    request, who.name(), id, status, rewrite.key().entityId(), fields.before(), fields.after(), why));
        }
        if (refused || status >= 400) {
            return CompletableFuture.completedFuture(named);
        }
        return recorded.toCompletableFuture()
                .copy()
                .orTimeout(WRITTEN_AT_MOST_MS, TimeUnit.MILLISECONDS)
                .handle((done, failure) -> named);
    }

    private static boolean changes(Permission permission) {
        return permission == Permission.OPERATE || permission == Permission.EDIT || permission == Permission.ADMINISTER;
    }

    private static String reason(HttpRequest request) {
        return request.getHeader("X-Windrose-Reason")
                .map(akka.http.javadsl.model.HttpHeader::value)
                .map(Json::shortened)
                .orElse("");
    }
}
