package dev.windrose.live.audit;

import java.time.Duration;

/**
 * Settings of the audit; ranges and reasons are in {@code windrose/access.conf}.
 *
 * @param keep how long entries are kept
 */
public record AuditSettings(Duration keep) {}
