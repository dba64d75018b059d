package dev.windrose.model;

/**
 * What an operator who empties a target has left it.
 *
 * @param share of its clients without an affinity key, 0 to 1
 * @param sessionShare of its clients with one, 0 to 1: they are taken to have a session there
 */
public record Drain(double share, double sessionShare) {

    /** Nobody empties it. */
    public static final Drain NONE = new Drain(1, 1);

    public boolean isEmpty() {
        return share <= 0 && sessionShare <= 0;
    }
}
