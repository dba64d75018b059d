package dev.windrose.model;

import java.util.Locale;

/** Whether a rule or geographic rule is in force. A paused rule is kept and shown, and answers nobody. */
public enum RuleStatus {
    ACTIVE,
    PAUSED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
