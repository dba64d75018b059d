package dev.windrose.live.supervision;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether something is ready, check by check.
 *
 * @param checks in the order in which they pass during a start
 */
public record Readiness(List<Check> checks) {

    /**
     * One condition.
     *
     * @param detail what is missing; empty when nothing is
     */
    public record Check(String name, boolean ok, String detail) {

        public static Check fine(String name) {
            return new Check(name, true, "");
        }

        public static Check missing(String name, String detail) {
            return new Check(name, false, detail);
        }
    }

    public Readiness {
        checks = List.copyOf(checks);
    }

    public boolean ready() {
        return checks.stream().allMatch(Check::ok);
    }

    /** What is missing, for people. */
    public String missing() {
        return checks.stream()
                .filter(check -> !check.ok())
                .map(check -> check.name() + ": " + check.detail())
                .collect(Collectors.joining("; "));
    }
}
