package dev.windrose.front.http;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.decide.rule.Fields;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.Requests;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the audit of every change and of every refusal, and the caller by which id. */
final class Trail {

    private static final int TEXT_AT_MOST = 2048;
    private static final Set<String> HIDDEN = Set.of(Fields.HASH, Fields.PREVIOUS_HASH, Fields.USED_HASH);

    /** A change is answered when it is in the audit; the answer waits no longer than this for that. */
    private static final long WRITTEN_AT_MOST_MS = 1000;

    /** What one call changed, told by whoever changed it. */
    static final class Note {

        private final Queue<Changed> changes = new ConcurrentLinkedQueue<>();
        private final Map<DefinitionKey, Integer> edits = new ConcurrentHashMap<>();
        private volatile boolean replayed = false;

        boolean isEmpty() {
            return changes.isEmpty();
        }

        void changed(DefinitionKey what, RuleState was, RuleState is) {
            changes.add(new Changed(what, was, is));
            edits.merge(what, 1, Integer::sum);
        }

        /** The same request was done before. */
        void replayed(DefinitionKey what) {
            replayed = true;
            edits.merge(what, 1, Integer::sum);
        }

        /** The definitions that the call has written so far, as they are now. */
        Map<DefinitionKey, RuleState> states() {
            Map<DefinitionKey, RuleState> states = new HashMap<>();
            changes.forEach(change -> {
                if (change.key() != null) {
                    states.put(change.key(), change.after());
                }
            });
            return states;
        }

        /** How often the call has edited a definition so far. */
        int edits(DefinitionKey what) {
            return edits.getOrDefault(what, 0);
        }

        boolean isReplayed() {
            return replayed;
        }
    }

    /** @param key null for a call that changed no definition */
    private record Changed(@Nullable DefinitionKey key, RuleState before, RuleState after) {}

    private static final Changed NOTHING = new Changed(null, RuleState.EMPTY, RuleState.EMPTY);

    private final AuditLog audit;
    private final Requests requests = new Requests();

    Trail(AuditLog audit) {
        this.audit = audit;
    }

    /** The answer, when the audit has what there is to tell about it. */
    CompletionStage<HttpResponse> told(
            HttpRequest request,
            @Nullable Permission permission,
            Principal who,
            Note note,
            HttpResponse answer,
            @Nullable Problem problem) {
        int status = answer.status().intValue();
        boolean refused = status == 401 || status == 403;
        boolean writes = permission != null && changes(permission) && request.method() != HttpMethods.GET;
        if (!refused && !writes) {
            return CompletableFuture.completedFuture(answer);
        }
        String id = requests.id(request);
        HttpResponse named = answer.addHeader(RawHeader.create(Requests.ID, id));
        CompletionStage<?> written = CompletableFuture.completedFuture(null);
        List<Changed> changes = note.changes.isEmpty() ? List.of(NOTHING) : List.copyOf(note.changes);
        for (Changed change : changes) {
            // They are written in order, so the last is written last.
            written = audit.record(event(request, who, change, id, status, problem));
        }
        if (refused || status >= 400) {
            return CompletableFuture.completedFuture(named);
        }
        return written.toCompletableFuture()
                .copy()
                .orTimeout(WRITTEN_AT_MOST_MS, TimeUnit.MILLISECONDS)
                .handle((done, failure) -> named);
    }

    private static boolean changes(Permission permission) {
        return permission == Permission.OPERATE || permission == Permission.EDIT || permission == Permission.ADMINISTER;
    }

    private static AuditEvent event(
            HttpRequest request, Principal who, Changed change, String id, int status, @Nullable Problem problem) {
        DefinitionKey key = change.key();
        Map<String, String> before = new TreeMap<>();
        Map<String, String> after = new TreeMap<>();
        if (key != null) {
            change.before().fields().forEach((field, entry) -> {
                if (!entry.text().equals(change.after().text(field))) {
                    before.put(field, shown(field, entry.text()));
                }
            });
            change.after().fields().forEach((field, entry) -> {
                if (!entry.text().equals(change.before().text(field))) {
                    after.put(field, shown(field, entry.text()));
                }
            });
        }
        return Requests.event(
                request,
                who.name(),
                id,
                status,
                key == null ? "" : key.entityId(),
                before,
                after,
                problem == null ? reason(request) : String.valueOf(problem.getMessage()));
    }

    private static String shown(String field, String text) {
        return HIDDEN.contains(field) && !text.isEmpty()
                ? "(hidden)"
                : text.length() <= TEXT_AT_MOST ? text : text.substring(0, TEXT_AT_MOST) + "...";
    }

    private static String reason(HttpRequest request) {
        return request.getHeader("X-Windrose-Reason")
                .map(akka.http.javadsl.model.HttpHeader::value)
                .map(Json::shortened)
                .orElse("");
    }
}
