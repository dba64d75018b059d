package dev.windrose.live.access;

/**
 * Settings of who may call; ranges and reasons stand in {@code windrose/access.conf}.
 *
 * @param dev nobody is asked for credentials
 * @param breakGlassHash of the key for the day on which nothing else works; empty when there is none
 */
public record AccessSettings(boolean dev, String breakGlassHash) {}
