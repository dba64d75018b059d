package dev.windrose.model;

/**
 * What the journal says of one target of a rule: that traffic left it, or came back, and why.
 *
 * @param out whether it left
 * @param atEpochMs wall clock of whoever decided it
 * @param by the region, or the person, that decided it
 * @param evidence what was seen, at most {@link #MAX_EVIDENCE} characters
 */
public record FailoverMark(boolean out, long atEpochMs, String by, String evidence) {

    public static final int MAX_EVIDENCE = 200;
}
