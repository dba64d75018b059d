package dev.windrose.front.manage;

/**
 * Settings of cluster management; ranges and reasons stand in {@code windrose/http.conf}.
 *
 * @param port 0 takes a free one
 */
public record ManageSettings(String host, int port) {}
