package dev.windrose.front.web;

/** What a call affects, for callers whose grants are limited to regions or labels. */
public enum Scope {
    /** Everything, or nothing that limits apply to: requires unlimited grants. */
    WHOLE,
    /** The rule that the path or {@code rule_id} names; one of its targets is enough for a limit to regions. */
    RULE,
    /** The geographic rule that the path names; as {@link #RULE}, with the labels of the one rule it is for. */
    GEOGRAPHIC_RULE,
    /** The region that the path names; no limit to labels covers it. */
    REGION,
    /** The rule that the path names, and of its targets the one that the path names second. */
    TARGET,
    /** The written definition, before and after. All targets of a rule count. */
    EDITED,
    /** Each listed or requested item: those outside of the limits are left out or refused. */
    EACH
}
