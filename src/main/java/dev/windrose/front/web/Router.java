package dev.windrose.front.web;

import akka.http.javadsl.model.HttpResponse;
import dev.windrose.model.Permission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which resource answers which path and method. Patterns are literal segments and {@code *} for variable ones. */
public final class Router {

    /** Answers one call; refuses by throwing a {@link Problem}. */
    public interface Handler {
        CompletionStage<HttpResponse> answer(Call call);
    }

    /** The body types of most handlers. */
    static final Set<String> JSON = Set.of("application/json");

    /**
     * A handler, its requirements, and the variable parts of the matched path.
     *
     * @param scope what it touches
     * @param bodies media types that its body may have
     */
    public record Match(
            Handler handler, Permission permission, Scope scope, Set<String> bodies, List<String> variables) {}

    /**
     * One call; docs/reference/access.md and the API document list all of them.
     *
     * @param pattern its path, with {@code *} for the variable parts
     */
    public record Offered(String method, String pattern, Permission permission, Scope scope) {}

    private record Entry(Handler handler, Permission permission, Scope scope, Set<String> bodies) {}

    private record Route(List<String> pattern, Map<String, Entry> byMethod) {}

    private final List<Route> routes = new ArrayList<>();

    /** A call that affects everything, or nothing that grants can be limited to. */
    public Router add(String method, String pattern, Permission permission, Handler handler) {
        return add(method, pattern, permission, Scope.WHOLE, handler);
    }

    /**
     * @param permission required of the caller
     * @param scope what it touches
     */
    public Router add(String method, String pattern, Permission permission, Scope scope, Handler handler) {
        return add(method, pattern, permission, scope, JSON, handler);
    }

    /** @param bodies media types that the body may have */
    public Router add(
            String method, String pattern, Permission permission, Scope scope, Set<String> bodies, Handler handler) {
        Entry entry = new Entry(handler, permission, scope, bodies);
        List<String> segments = segments(pattern);
        for (Route route : routes) {
            if (route.pattern().equals(segments)) {
                route.byMethod().put(method, entry);
                return this;
            }
        }
        Map<String, Entry> byMethod = new LinkedHashMap<>();
        byMethod.put(method, entry);
        routes.add(new Route(segments, byMethod));
        return this;
    }

    /** All calls, in the order in which they were added. */
    public List<Offered> offered() {
        List<Offered> offered = new ArrayList<>();
        for (Route route : routes) {
            route.byMethod()
                    .forEach((method, entry) -> offered.add(new Offered(
                            method, "/" + String.join("/", route.pattern()), entry.permission(), entry.scope())));
        }
        return offered;
    }

    /**
     * The handler; throws a {@link Problem} when the path or the method is not offered. Several patterns may fit a path: a
     * rule may have the name of a call.
     */
    public Match match(String method, String path) {
        List<String> segments = segments(path);
        Set<String> offered = new LinkedHashSet<>();
        for (Route route : routes) {
            List<String> variables = variables(route.pattern(), segments);
            Entry entry = variables == null ? null : route.byMethod().get(method);
            if (variables != null && entry != null) {
                return new Match(entry.handler(), entry.permission(), entry.scope(), entry.bodies(), variables);
            }
            if (variables != null) {
                offered.addAll(route.byMethod().keySet());
            }
        }
        if (!offered.isEmpty()) {
            throw Problem.wrongMethod(method, String.join(", ", offered));
        }
        throw Problem.of(
                Problem.Kind.UNKNOWN,
                "path: '" + Json.shortened(path) + "' (expected: a path of the API, see docs/reference/api.md)");
    }

    /** The path in the form of patterns; a trailing slash is ignored. */
    public static String plain(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static @Nullable List<String> variables(List<String> pattern, List<String> segments) {
        if (pattern.size() != segments.size()) {
            return null;
        }
        List<String> variables = new ArrayList<>();
        for (int i = 0; i < pattern.size(); i++) {
            if (pattern.get(i).equals("*")) {
                variables.add(segments.get(i));
            } else if (!pattern.get(i).equals(segments.get(i))) {
                return null;
            }
        }
        return variables;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            segments.add(path.substring(from, to));
            from = to + 1;
        }
        return segments;
    }
}
