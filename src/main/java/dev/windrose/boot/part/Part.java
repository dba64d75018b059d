package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.Section;
import dev.windrose.front.web.Resource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One capability of a node: its settings, what it runs in the data plane, what it runs in the control plane and stops
 * again, its calls, and its meters. {@code Capabilities} lists all parts; nothing else in {@code boot} knows any by
 * name.
 *
 * <p>A part's constructor starts nothing and takes the parts that this one uses. Then, in this order:
 *
 * <ol>
 * <li>{@link #settings} is read first. An invalid value ends the node with one line.
 * <li>{@link #start(DataPlane)} is called once, on the thread that starts the node, in the order of the list: earlier
 * parts have started. Meters are registered here, because they last as long as the node, while a control plane may
 * start a hundred times.
 * <li>{@link #calls} is called once, when all parts have started. The API starts to listen afterwards.
 * <li>Each time a control plane is about to start, {@link #obstacle} says whether it may. {@link #open} prepares the
 * setup of its actor system, and connects to nothing. {@link #start(ControlPlane)} starts what runs in it. Both are
 * called on a thread that may block, in the order of the list, and may throw: then this run ends, and the next attempt
 * follows after a pause.
 * <li>Each time one ends, for whatever reason, the actions that parts registered with {@link ControlPlane#atEnd} run in
 * reverse order, also when it ends in the middle of its start.
 * <li>When the node stops: {@link #notReady}, {@link #drain} and {@link #flush}, each on all parts before the next;
 * then the control plane leaves the cluster and ends; then {@link #save} and {@link #close}.
 * </ol>
 *
 * <p>The control plane may be absent at any time: before its first start, for minutes while the database or the other
 * regions are unavailable, and between two runs. A part keeps what runs in it in {@link Slot}s, which are empty during
 * that time. All slots are filled together when every part has started, and emptied together before anything is
 * stopped, so that no caller sees half a control plane. A call that needs an empty slot answers 503; decisions never
 * need one.
 */
public interface Part {

    /** Its settings section. */
    default List<Section<?>> settings() {
        return List.of();
    }

    /**
     * Starts what runs from now on until the process ends.
     *
     * @throws dev.windrose.boot.settings.WrongSetting when the node cannot start with its settings
     */
    default void start(DataPlane data) {}

    /** Its calls, in the order in which the API lists them. */
    default List<Resource> calls() {
        return List.of();
    }

    /** Why no control plane may start now, in one line; null when this part has no objection. */
    default @Nullable String obstacle() {
        return null;
    }

    /** Prepares the setup of a control plane's actor system. */
    default void open(ControlPlane control) {}

    /** Starts what runs until this control plane ends. */
    default void start(ControlPlane control) {}

    /** The node is about to stop: load balancers are sent to another one. Does not block. */
    default void notReady() {}

    /** Accepts nothing more, and completes when everything accepted is answered. */
    default CompletionStage<Done> drain(Duration atMost) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Writes pending data; the control plane is still running. */
    default CompletionStage<Done> flush(Duration atMost) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Saves the state for the next start; the control plane has ended. */
    default CompletionStage<Done> save() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Stops what does not stop with the actor system of the data plane. */
    default void close() {}
}
