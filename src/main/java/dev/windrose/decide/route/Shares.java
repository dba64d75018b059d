package dev.windrose.decide.route;

import java.util.Arrays;

/** Where the clients chosen for each target actually go. Immutable. */
final class Shares {

    private final double[][] rows;

    /** @param rows by target; the share in column j goes to target j, that in the last column nowhere */
    Shares(double[][] rows) {
        this.rows = rows;
    }

    double of(int from, int to) {
        return rows[from][to];
    }

    double kept(int target) {
        return rows[target][target];
    }

    double shed(int target) {
        return rows[target][rows.length];
    }

    int targets() {
        return rows.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shares shares && Arrays.deepEquals(rows, shares.rows);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(rows);
    }
}
