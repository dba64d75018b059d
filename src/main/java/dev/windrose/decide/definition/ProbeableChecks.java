package dev.windrose.decide.definition;

import dev.windrose.decide.reach.ProbeRequest;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether every check of a definition can be probed. A definition with a check that cannot is refused before it is
 * written.
 */
public final class ProbeableChecks {

    /** Stands for the endpoints of regions, which are unknown when a rule is checked on its own. */
    private static final URI ANYWHERE = URI.create("http://windrose.invalid");

    /**
     * The checks of a rule that cannot be probed at their endpoints: a check and an endpoint that are valid
     * individually may be incompatible.
     *
     * @param regions the registered region of that name, or null
     * @param only the one region to check; null for all that the rule names
     */
    public static List<String> problems(
            Rule rule, Function<RegionId, @Nullable Region> regions, @Nullable RegionId only) {
        List<RegionId> places = new ArrayList<>(rule.targets());
        RegionId fallback = rule.fallback().region();
        if (fallback != null) {
            places.add(fallback);
        }
        List<String> problems = new ArrayList<>();
        for (RegionId place : places) {
            if (only == null || only.equals(place)) {
                rule.endpointsIn(place, regions.apply(place))
                        .forEach(endpoint -> problems.addAll(problems(rule, place, endpoint)));
            }
        }
        return problems.stream().distinct().toList();
    }

    private static List<String> problems(Rule rule, RegionId place, URI endpoint) {
        List<String> problems = new ArrayList<>();
        for (HealthCheck check : checks(rule)) {
            try {
                ProbeRequest.of(endpoint, check.question());
            } catch (ProbeRequest.Unaskable e) {
                problems.add("rule " + rule.id() + " at " + endpoint + " in " + place + ": " + e.getMessage());
            }
        }
        return problems;
    }

    private static List<HealthCheck> checks(Rule rule) {
        List<HealthCheck> checks = new ArrayList<>(List.of(rule.health().check()));
        new TreeMap<>(rule.health().monitors()).values().forEach(monitor -> checks.add(monitor.check()));
        return checks;
    }

    /** Refuses a check that can be probed nowhere. */
    static void require(HealthCheck.Question question) {
        ProbeRequest.of(ANYWHERE, question);
    }

    /**
     * Refuses the address of an endpoint that clients or checks cannot use.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static void requireEndpoint(String text) {
        URI endpoint = Fields.address(text);
        FieldChecks.endpoint(endpoint);
        ProbeRequest.requireConnectable(endpoint);
        if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException("endpoints: '" + text
                    + "' (expected: no ? and no #; the query of a check belongs in health_check_path)");
        }
    }

    private ProbeableChecks() {}
}
