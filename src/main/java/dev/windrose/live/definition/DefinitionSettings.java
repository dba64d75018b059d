package dev.windrose.live.definition;

import java.time.Duration;

/**
 * Settings of the definitions' actors; ranges and reasons are in {@code windrose/rule.conf}.
 *
 * @param editTimeout longest wait for an edit to be in the journal
 * @param retryAfter the {@code Retry-After} that a client gets when writes are not possible
 * @param snapshotEvery events between two snapshots of a definition
 * @param wakeTimeout longest wait for one definition to be read from the journal
 * @param digestEvery time between two comparisons with the other regions
 * @param differentFor how long states may differ before an alarm is raised
 */
public record DefinitionSettings(
        Duration editTimeout,
        Duration retryAfter,
        int snapshotEvery,
        Duration wakeTimeout,
        Duration digestEvery,
        Duration differentFor) {}
