package dev.windrose.model;

/** The name of a load-balancing rule or of a geographic rule, such as {@code global-web-rule}. */
public record RuleId(String value) implements Comparable<RuleId> {

    public RuleId {
        Identifier.require("rule_id", value);
    }

    @Override
    public int compareTo(RuleId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
