package dev.windrose.front.http;

import dev.windrose.live.journal.JournalHistory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What only operators ask for.
 *
 * @param history what happened to definitions; gives null while there is no control plane
 */
public record Operations(Supplier<@Nullable JournalHistory> history) {}
