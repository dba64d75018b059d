package dev.windrose.live.reach;

/**
 * What a server answered.
 *
 * @param body its beginning, or all of it
 * @param cut whether there was more of it than was read
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpAnswer(int status, byte[] body, boolean cut) {}
