package dev.windrose.front.http;

import akka.http.javadsl.model.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which resource answers which path and method. Patterns are literal segments and {@code *} for variable ones. */
final class Router {

    /** Answers one call; refuses by throwing a {@link Problem}. */
    interface Handler {
        CompletionStage<HttpResponse> answer(Call call);
    }

    /** What most handlers take as a body. */
    static final Set<String> JSON = Set.of("application/json");

    /**
     * A handler and the variable parts of the path that led to it.
     *
     * @param bodies media types that its body may have
     */
    record Match(Handler handler, List<String> variables, Set<String> bodies) {}

    private record Offer(Handler handler, Set<String> bodies) {}

    private record Route(List<String> pattern, Map<String, Offer> byMethod) {}

    private final List<Route> routes = new ArrayList<>();

    Router add(String method, String pattern, Handler handler) {
        return add(method, pattern, JSON, handler);
    }

    /** @param bodies media types that the body may have */
    Router add(String method, String pattern, Set<String> bodies, Handler handler) {
        Offer offer = new Offer(handler, bodies);
        List<String> segments = segments(pattern);
        for (Route route : routes) {
            if (route.pattern().equals(segments)) {
                route.byMethod().put(method, offer);
                return this;
            }
        }
        Map<String, Offer> byMethod = new LinkedHashMap<>();
        byMethod.put(method, offer);
        routes.add(new Route(segments, byMethod));
        return this;
    }

    /** Every call that is offered, as {@code METHOD /path}, with {@code *} for the variable parts. */
    List<String> offered() {
        List<String> offered = new ArrayList<>();
        for (Route route : routes) {
            route.byMethod().keySet().forEach(method -> offered.add(method + " /" + String.join("/", route.pattern())));
        }
        return offered;
    }

    /**
     * The handler; throws a {@link Problem} when the path or the method is not offered. Several patterns may fit a path: a
     * rule may have the name of a call.
     */
    Match match(String method, String path) {
        List<String> segments = segments(path);
        Set<String> offered = new LinkedHashSet<>();
        for (Route route : routes) {
            List<String> variables = variables(route.pattern(), segments);
            Offer offer = variables == null ? null : route.byMethod().get(method);
            if (variables != null && offer != null) {
                return new Match(offer.handler(), variables, offer.bodies());
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
                "path: '" + Json.shortened(path) + "' (expected: a path of the API, see docs/api.md)");
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
