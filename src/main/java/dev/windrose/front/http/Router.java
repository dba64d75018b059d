package dev.windrose.front.http;

import akka.http.javadsl.model.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which resource answers which path and method. Patterns are literal segments and {@code *} for variable ones. */
final class Router {

    /** Answers one call; refuses by throwing a {@link Problem}. */
    interface Handler {
        CompletionStage<HttpResponse> answer(Call call);
    }

    /** A handler and the variable parts of the path that led to it. */
    record Match(Handler handler, List<String> variables) {}

    private record Route(List<String> pattern, Map<String, Handler> byMethod) {}

    private final List<Route> routes = new ArrayList<>();

    Router add(String method, String pattern, Handler handler) {
        List<String> segments = segments(pattern);
        for (Route route : routes) {
            if (route.pattern().equals(segments)) {
                route.byMethod().put(method, handler);
                return this;
            }
        }
        Map<String, Handler> byMethod = new LinkedHashMap<>();
        byMethod.put(method, handler);
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

    /** The handler; throws a {@link Problem} when the path or the method is not offered. */
    Match match(String method, String path) {
        List<String> segments = segments(path);
        for (Route route : routes) {
            List<String> variables = variables(route.pattern(), segments);
            if (variables != null) {
                Handler handler = route.byMethod().get(method);
                if (handler == null) {
                    throw Problem.wrongMethod(
                            method, String.join(", ", route.byMethod().keySet()));
                }
                return new Match(handler, variables);
            }
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
