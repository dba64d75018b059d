package dev.windrose.front.web;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.live.access.RequestToken;
import dev.windrose.live.edit.RequestEdits;
import dev.windrose.live.edit.Writer;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.PlainText;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request as resources see it: its method, the variable parts of its path, its query, headers and body. */
public final class Call {

    private static final int NAME_AT_MOST = 64;
    private static final int REASON_AT_MOST = 500;
    private static final int LONGEST_ADDRESS = 45;

    private final HttpRequest request;
    private final Router.Match match;
    private final Principal principal;
    private final RequestEdits written;
    private final List<String> variables;
    private final byte[] body;

    public Call(HttpRequest request, Router.Match match, Principal principal, RequestEdits written, byte[] body) {
        this.request = request;
        this.match = match;
        this.principal = principal;
        this.written = written;
        this.variables = match.variables();
        this.body = body;
    }

    /** The caller. */
    public Principal principal() {
        return principal;
    }

    /** Whether the call comes with the key's secret of that hash. */
    public boolean comesWith(String hash) {
        String token = RequestToken.of(request);
        KeyText key = token == null ? null : KeyText.parse(token);
        return key != null && key.hash().equals(hash);
    }

    /** The call's edits so far. */
    public RequestEdits written() {
        return written;
    }

    /** The permission that admitted the call. */
    public Permission permission() {
        return match.permission();
    }

    Scope scope() {
        return match.scope();
    }

    /** The authority for the call's edits. */
    public Writer.Person writer() {
        return new Writer.Person(principal, permission(), operated(), author());
    }

    /** The one target of a rule that the call operates on; null for the whole definition. */
    @Nullable
    RegionId operated() {
        return scope() == Scope.TARGET ? regionId(1) : null;
    }

    /** The variable part of the path at that index. */
    public String variable(int index) {
        return variables.get(index);
    }

    /** A rule's name in the path; an invalid one does not exist. */
    public RuleId ruleId(int index) {
        String name = variable(index);
        if (!Identifier.FORM.matcher(name).matches()) {
            throw Problem.unknown("rule_id", name);
        }
        return new RuleId(name);
    }

    /** A variable part of the path, unescaped; a plus sign is literal, unlike in a query. */
    public String decoded(int index) {
        try {
            return URLDecoder.decode(variable(index).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return variable(index);
        }
    }

    /** A region's name in the path, in any case; an invalid one does not exist. */
    public RegionId regionId(int index) {
        String name = variable(index).toLowerCase(Locale.ROOT);
        if (!Identifier.FORM.matcher(name).matches()) {
            throw Problem.unknown("region_id", name);
        }
        return new RegionId(name);
    }

    /** A name in a query, or null when it is not given. */
    @Nullable
    public String queryName(String name) {
        String text = query(name);
        return text == null ? null : name(name, text);
    }

    /** The name of a region in a query, in any case; null when it is not given. */
    @Nullable
    public String queryRegion(String name) {
        String text = query(name);
        return text == null ? null : name(name, text.toLowerCase(Locale.ROOT));
    }

    private static String name(String query, String text) {
        if (!Identifier.FORM.matcher(text).matches()) {
            throw Problem.invalid(query + ": '" + Json.shortened(text)
                    + "' (expected: a name of 1 to 63 of a-z, 0-9, '.', '_', '-')");
        }
        return text;
    }

    public byte[] bytes() {
        return body;
    }

    public Body body(Set<String> known) {
        return new Body(Json.read(body), known);
    }

    public ObjectNode json() {
        return Json.read(body);
    }

    /** Refuses unknown query parameters: a misspelt filter must not return everything. */
    public void onlyQueries(String... known) {
        request.getUri().query().toMultiMap().forEach((name, values) -> {
            if (!List.of(known).contains(name)) {
                throw Problem.of(
                        Problem.Kind.BAD_REQUEST,
                        "query: '" + Json.shortened(name) + "' (expected: only "
                                + (known.length == 0 ? "none" : String.join(", ", known)) + ")");
            }
            if (values.size() > 1) {
                throw Problem.of(Problem.Kind.BAD_REQUEST, name + ": given twice (expected: once)");
            }
        });
    }

    @Nullable
    public String query(String name) {
        return request.getUri().query().get(name).orElse(null);
    }

    public long query(String name, long least, long most, long unset) {
        String text = query(name);
        if (text == null) {
            return unset;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw Problem.invalid(
                name + ": '" + Json.shortened(text) + "' (expected: an integer from " + least + " to " + most + ")");
    }

    public double query(String name, double least, double most) {
        String text = query(name);
        try {
            double number = text == null ? Double.NaN : Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw Problem.invalid(name + ": '" + Json.shortened(String.valueOf(text)) + "' (expected: a number from "
                + least + " to " + most + ")");
    }

    /** The revision that the client has seen, from If-Match; null for any. */
    @Nullable
    public String ifMatch() {
        String text = header("If-Match");
        if (text == null || text.equals("*")) {
            return null;
        }
        if (!text.matches("\"[0-9a-f]{16}\"")) {
            throw Problem.of(
                    Problem.Kind.STALE,
                    "If-Match: " + Json.shortened(text) + " (expected: the ETag of the resource, in quotes)");
        }
        return text.substring(1, text.length() - 1);
    }

    /**
     * Identifies the edit of a definition, so that a retry is recognised: by the caller's Idempotency-Key, or by its
     * content.
     *
     * @param definition the edited definition
     */
    public IdempotencyKey request(DefinitionKey definition) {
        String key = idempotencyKey();
        // One call may edit one definition several times.
        int turn = written.edits(definition);
        String caller = principal.kind() + "\n" + author() + "\n" + turn + "\n";
        String content = Fingerprint.of(
                request.method().name(),
                request.getUri().toRelative().toString(),
                String.valueOf(header("If-Match")),
                Fingerprint.of(body));
        return key == null
                ? new IdempotencyKey(Fingerprint.of("content", caller, content), content, false)
                : new IdempotencyKey(Fingerprint.of("key", caller, key), content, true);
    }

    /** The name that the caller gave to the request, or null. */
    @Nullable
    String idempotencyKey() {
        String text = header("Idempotency-Key");
        if (text != null && !text.matches("[\\x21-\\x7e]{1,64}")) {
            throw Problem.of(
                    Problem.Kind.BAD_REQUEST,
                    "Idempotency-Key: " + text.length()
                            + " characters (expected: 1 to 64 printable ASCII characters without spaces)");
        }
        return text;
    }

    /** The address of the peer; null when unknown. */
    byte @Nullable [] peer() {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(RemoteAddress::getAddress)
                .map(InetAddress::getAddress)
                .orElse(null);
    }

    /** The client's location: by {@code client_ip}, else by forwarding headers and the connection. */
    public ClientLocator.Found place(ClientLocator locator) {
        String given = query("client_ip");
        return given == null
                ? locator.behind(peer(), new ClientLocator.Chain() {
                    @Override
                    public List<String> forwarded() {
                        return headers("forwarded");
                    }

                    @Override
                    public List<String> forwardedFor() {
                        return headers("x-forwarded-for");
                    }
                })
                : locator.addressed(address(given, "client_ip"));
    }

    /** An address in that field. */
    public static byte[] address(String text, String field) {
        byte[] address = text.length() > LONGEST_ADDRESS ? null : Prefix.address(text);
        if (address == null) {
            throw Problem.invalid(field + ": '" + Json.shortened(text) + "' (expected: an address, such as 192.0.2.1)");
        }
        return address;
    }

    /** The values of all lines of a header, in their order. */
    List<String> headers(String lowerCaseName) {
        List<String> values = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is(lowerCaseName)) {
                values.add(header.value());
            }
        }
        return values;
    }

    /** The caller, and its client, if given. */
    public String author() {
        if (principal.kind() == Principal.Kind.DEV) {
            return said("X-Windrose-Author", NAME_AT_MOST, "api");
        }
        String other = said("X-Windrose-Author", NAME_AT_MOST, "");
        return other.isEmpty() ? principal.name() : principal.name() + " for " + other;
    }

    public String reason() {
        return said("X-Windrose-Reason", REASON_AT_MOST, "");
    }

    public boolean accepts(String mediaType) {
        String accept = header("Accept");
        return accept != null && accept.contains(mediaType);
    }

    private String said(String header, int atMost, String unset) {
        String text = header(header);
        if (text == null) {
            return unset;
        }
        if (text.length() > atMost || !PlainText.is(text)) {
            throw Problem.of(
                    Problem.Kind.BAD_REQUEST,
                    header + ": " + text.length() + " characters (expected: at most " + atMost
                            + ", none of them control or invisible characters)");
        }
        return text;
    }

    private @Nullable String header(String name) {
        Optional<HttpHeader> header = request.getHeader(name);
        return header.map(HttpHeader::value).orElse(null);
    }
}
