package dev.windrose.front.manage;

/**
 * Settings of cluster management; ranges and reasons are in {@code windrose/http.conf}.
 *
 * @param port 0 selects a free one
 */
public record ManageSettings(String host, int port) {}
