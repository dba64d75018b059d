package dev.windrose.live.reach;

/**
 * A server's response.
 *
 * @param body the first part of it, or all of it
 * @param cut whether it was truncated
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpAnswer(int status, byte[] body, boolean cut) {}
