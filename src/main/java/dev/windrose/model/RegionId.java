package dev.windrose.model;

/** The name of a region, such as {@code eu-west-1}. */
public record RegionId(String value) implements Comparable<RegionId> {

    public RegionId {
        Identifier.require("region", value);
    }

    @Override
    public int compareTo(RegionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
