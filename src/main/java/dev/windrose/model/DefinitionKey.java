package dev.windrose.model;

/** Names one thing that users define and that every region keeps: a rule, a geographic rule, a region or an API key. */
public record DefinitionKey(Kind kind, String name) implements Comparable<DefinitionKey> {

    /** What is defined. The prefix is part of the journal and must never change. */
    public enum Kind {
        RULE("rule"),
        GEOGRAPHIC_RULE("geo"),
        REGION("region"),
        KEY("key");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        public String prefix() {
            return prefix;
        }
    }

    public DefinitionKey {
        Identifier.require(kind.prefix, name);
    }

    public static DefinitionKey rule(RuleId id) {
        return new DefinitionKey(Kind.RULE, id.value());
    }

    public static DefinitionKey geographicRule(RuleId id) {
        return new DefinitionKey(Kind.GEOGRAPHIC_RULE, id.value());
    }

    public static DefinitionKey region(RegionId id) {
        return new DefinitionKey(Kind.REGION, id.value());
    }

    public static DefinitionKey key(String name) {
        return new DefinitionKey(Kind.KEY, name);
    }

    /** The inverse of {@link #entityId}. */
    public static DefinitionKey parse(String entityId) {
        int colon = entityId.indexOf(':');
        for (Kind kind : Kind.values()) {
            if (colon > 0 && entityId.substring(0, colon).equals(kind.prefix)) {
                return new DefinitionKey(kind, entityId.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException(
                "entity: '" + entityId + "' (expected: rule:NAME, geo:NAME, region:NAME or key:NAME)");
    }

    /** The name of the entity that holds this definition, such as {@code rule:global-web-rule}. */
    public String entityId() {
        return kind.prefix + ":" + name;
    }

    @Override
    public int compareTo(DefinitionKey other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return entityId();
    }
}
