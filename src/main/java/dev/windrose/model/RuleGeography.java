package dev.windrose.model;

/**
 * What a rule makes of where its clients are.
 *
 * @param residency where clients may be served at all
 * @param latency how it chooses by round trips
 */
public record RuleGeography(Residency residency, LatencyPolicy latency) {

    public static final RuleGeography DEFAULT = new RuleGeography(Residency.NONE, LatencyPolicy.DEFAULT);
}
