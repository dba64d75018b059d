package dev.windrose.front.http;

import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.member.ClusterControl;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What only operators ask for.
 *
 * @param history what happened to definitions; gives null while there is no control plane
 * @param cluster the cluster of nodes; gives null while there is no control plane
 */
public record Operations(Supplier<@Nullable JournalHistory> history, Supplier<@Nullable ClusterControl> cluster) {}
