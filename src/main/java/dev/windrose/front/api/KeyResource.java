package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.member.NodeClock;
import dev.windrose.live.table.Director;
import dev.windrose.model.ApiKey;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Grant;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /api/v1/keys}: API keys and their grants. A key's secret is shown once, at its creation. */
public final class KeyResource implements Resource {

    private static final String PATH = "/api/v1/keys";
    private static final Set<String> KNOWN = Set.of("name", "owner", "grants", "expires_in_seconds");
    private static final Set<String> ROTATION = Set.of("overlap_seconds", "expires_in_seconds");
    private static final int GRANT_AT_MOST = 1024;
    private static final long LIFE_AT_LEAST_S = 1;
    private static final long LIFE_AT_MOST_S = Duration.ofDays(366).toSeconds();
    private static final long LIFE_S = Duration.ofDays(90).toSeconds();
    private static final long OVERLAP_AT_MOST_S = Duration.ofDays(30).toSeconds();
    private static final long OWN_OVERLAP_S = 60;
    private static final long OVERLAP_S = Duration.ofHours(1).toSeconds();

    private final Director director;
    private final NodeClock clock;
    private final HttpSettings settings;
    private final EditResponses edits;
    private final SecureRandom random = new SecureRandom();

    public KeyResource(Director director, NodeClock clock, HttpSettings settings, EditResponses edits) {
        this.director = director;
        this.clock = clock;
        this.settings = settings;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.ADMINISTER, this::list)
                .add("POST", PATH, Permission.ADMINISTER, this::create)
                .add("GET", PATH + "/*", Permission.ADMINISTER, this::get)
                .add("DELETE", PATH + "/*", Permission.ADMINISTER, this::delete)
                .add("POST", PATH + "/*/rotate", Permission.ADMINISTER, this::rotate);
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("limit", "offset");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        Catalog catalog = director.catalog();
        ObjectNode json = Json.object();
        ArrayNode shown = json.putArray("keys");
        new TreeMap<>(catalog.keys())
                .values().stream().skip(offset).limit(limit).forEach(key -> shown.add(shown(key)));
        json.put("total_keys", catalog.keys().size());
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> get(Call call) {
        call.onlyQueries();
        ApiKey key = existing(call);
        return Reply.now(Reply.tagged(shown(key), state(key.name())));
    }

    private CompletionStage<HttpResponse> create(Call call) {
        Body body = call.body(KNOWN);
        String name = body.name("name");
        if (FixedKey.NAMES.contains(name)) {
            throw Problem.invalid(
                    "name: '" + name + "' (expected: another name; this one is reserved for the node itself)");
        }
        List<String> grants = body.words("grants", ApiKey.MAX_GRANTS, GRANT_AT_MOST);
        if (grants.isEmpty()) {
            throw Problem.invalid("grants: none (expected: 1 to " + ApiKey.MAX_GRANTS + ", such as viewer)");
        }
        long life = body.whole("expires_in_seconds", LIFE_AT_LEAST_S, LIFE_AT_MOST_S, LIFE_S);
        KeyText secret = secret(name);
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.OWNER, Accountability.owner(body));
        fields.put(
                Fields.GRANTS,
                Fields.list(grants.stream().map(KeyResource::grant).toList()));
        fields.put(Fields.HASH, secret.hash());
        fields.put(Fields.PREVIOUS_HASH, "");
        fields.put(Fields.PREVIOUS_UNTIL, "");
        fields.put(Fields.EXPIRES, Long.toString(clock.epochMs() + life * 1000));
        fields.put(Fields.USED_HASH, "");
        IdempotencyKey request = call.request(DefinitionKey.key(name));
        return edits.outcome(
                        call,
                        new EditRequest(
                                DefinitionKey.key(name), Change.Kind.CREATED, fields, null, call.reason(), request))
                .thenCompose(outcome -> shownOnce(call, request, name, secret, outcome))
                .thenApply(shown -> Reply.created(PATH + "/" + name, shown.json(), shown.state()));
    }

    private record Shown(ObjectNode json, DefinitionState state) {}

    /**
     * The created secret. If the request is retried, its first secret may never have arrived: it is replaced, unless it
     * was used. A secret that another request created is left alone.
     */
    private CompletionStage<Shown> shownOnce(
            Call call, IdempotencyKey request, String name, KeyText secret, EditOutcome outcome) {
        DefinitionState state = EditProblem.done(DefinitionKey.key(name), EditProblem.Doing.CHANGE, outcome);
        if (!(outcome instanceof EditOutcome.Done done) || done.repeats() == null) {
            return CompletableFuture.completedFuture(new Shown(once(name, secret, state), state));
        }
        ApiKey made = DefinitionCodec.key(name, state);
        if (made == null || made.isUsed()) {
            throw Problem.of(
                    Problem.Kind.EXISTS,
                    "key: '" + name
                            + "' was already created by this request, and its secret has been used since (expected: POST "
                            + PATH + "/" + name + "/rotate for a new one)");
        }
        if (!madeBy(request, state)) {
            throw Problem.of(
                    Problem.Kind.EXISTS,
                    "key: '" + name
                            + "' already got a secret by this request, and another one since (expected: POST "
                            + PATH + "/" + name + "/rotate for a new one)");
        }
        return edits.outcome(
                        call,
                        new EditRequest(
                                DefinitionKey.key(name),
                                Change.Kind.CHANGED,
                                Map.of(Fields.HASH, secret.hash()),
                                state.revision(),
                                call.reason(),
                                // Derived from the request, and unique: a retry creates it anew.
                                new IdempotencyKey(
                                        replacements(request) + made.mark(), request.content(), request.keyed())))
                .thenApply(replaced -> {
                    DefinitionState after =
                            EditProblem.done(DefinitionKey.key(name), EditProblem.Doing.CHANGE, replaced);
                    return new Shown(once(name, secret, after), after);
                });
    }

    /** Whether the current secret comes from that request, or a retry of it. */
    private static boolean madeBy(IdempotencyKey request, DefinitionState state) {
        Stamp current = state.stamp(Fields.HASH);
        return state.causes().done().stream()
                .filter(done -> done.request().id().equals(request.id())
                        || done.request().id().startsWith(replacements(request)))
                .anyMatch(done -> done.stamp().equals(current));
    }

    private static String replacements(IdempotencyKey request) {
        return request.id() + "+";
    }

    private CompletionStage<HttpResponse> rotate(Call call) {
        ApiKey key = existing(call);
        Body body = call.body(ROTATION);
        long overlap = body.whole("overlap_seconds", 0, OVERLAP_AT_MOST_S, OVERLAP_S);
        long life = body.whole("expires_in_seconds", LIFE_AT_LEAST_S, LIFE_AT_MOST_S, LIFE_S);
        long now = clock.epochMs();
        boolean own = call.principal().kind() == Principal.Kind.KEY
                && call.principal().name().equals("key:" + key.name());
        if (own && overlap < OWN_OVERLAP_S) {
            throw Problem.of(
                    Problem.Kind.UNSAFE,
                    "overlap_seconds: " + overlap + " (expected: at least " + OWN_OVERLAP_S
                            + " for the key that authenticates this call, so that a lost answer does not lock its owner out)");
        }
        KeyText secret = secret(key.name());
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.HASH, secret.hash());
        // An unused secret does not displace another: it may never have arrived.
        boolean seen = key.isUsed()
                || key.previousHash().isEmpty()
                || now >= key.previousUntilEpochMs()
                // The call itself is a use of it, whether or not that is recorded yet.
                || call.comesWith(key.hash());
        fields.put(Fields.PREVIOUS_HASH, seen ? key.hash() : key.previousHash());
        // No secret stays valid for longer than was promised.
        long promised = seen ? key.expiresEpochMs() : key.previousUntilEpochMs();
        fields.put(Fields.PREVIOUS_UNTIL, Long.toString(Math.min(promised, now + overlap * 1000)));
        fields.put(Fields.EXPIRES, Long.toString(now + life * 1000));
        DefinitionKey definition = DefinitionKey.key(key.name());
        if (state(key.name()).text(Fields.USED_HASH) == null) {
            // Created by a version that recorded no use: what is known about the previous secret does not apply to the
            // new one.
            fields.put(Fields.USED_HASH, key.usedHash());
        }
        IdempotencyKey request = call.request(definition);
        return edits.outcome(
                        call,
                        new EditRequest(
                                definition, Change.Kind.CHANGED, fields, call.ifMatch(), call.reason(), request))
                .thenCompose(outcome -> shownOnce(call, request, key.name(), secret, outcome))
                .thenApply(shown -> Reply.tagged(shown.json(), shown.state()));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        return edits.submit(call, DefinitionKey.key(existing(call).name()), Change.Kind.REMOVED, Map.of())
                .thenApply(state -> Reply.nothing());
    }

    private static String grant(String text) {
        try {
            return Grant.parse(text).text();
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("grants: " + e.getMessage());
        }
    }

    private KeyText secret(String name) {
        byte[] bytes = new byte[KeyText.SECRET_BYTES];
        random.nextBytes(bytes);
        return KeyText.of(name, bytes);
    }

    private ApiKey existing(Call call) {
        String name = call.variable(0);
        ApiKey key = Identifier.FORM.matcher(name).matches()
                ? director.catalog().keys().get(name)
                : null;
        if (key == null) {
            throw Problem.unknown("key", name);
        }
        return key;
    }

    private DefinitionState state(String name) {
        return director.catalog().states().getOrDefault(DefinitionKey.key(name), DefinitionState.EMPTY);
    }

    private static ObjectNode once(String name, KeyText secret, DefinitionState state) {
        ObjectNode json = Json.object();
        json.put("name", name).put("key", secret.text());
        json.put("expires_at", time(state, Fields.EXPIRES));
        String until = state.text(Fields.PREVIOUS_UNTIL);
        if (until != null && !until.isEmpty()) {
            json.put("previous_until", time(state, Fields.PREVIOUS_UNTIL));
        }
        return json;
    }

    private static String time(DefinitionState state, String field) {
        String text = state.text(field);
        return Json.time(text == null ? 0 : Long.parseLong(text));
    }

    private ObjectNode shown(ApiKey key) {
        ObjectNode json = Json.object();
        json.put("name", key.name()).put("owner", key.owner());
        ArrayNode grants = json.putArray("grants");
        key.grants().forEach(grant -> grants.add(grant.text()));
        json.put("expires_at", Json.time(key.expiresEpochMs()));
        json.put("used", key.isUsed());
        json.put("expired", clock.epochMs() >= key.expiresEpochMs());
        if (!key.previousHash().isEmpty()) {
            json.put("previous_until", Json.time(key.previousUntilEpochMs()));
        }
        RuleBodies.times(json, state(key.name()));
        return json;
    }
}
