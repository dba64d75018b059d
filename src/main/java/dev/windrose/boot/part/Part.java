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
 * One capability of a node: its settings, what it runs in the data plane, what it runs in the control plane and ends again,
 * its calls, and its meters. {@code Capabilities} lists all parts; nothing else of {@code boot} knows any by name.
 *
 * <p>A part is made by its constructor, which starts nothing and is given the parts that this one uses. Then, in this
 * order:
 *
 * <ol>
 *   <li>{@link #settings} is read, before anything else is there. A wrong value ends the node with one line.
 *   <li>{@link #start(DataPlane)} is called once, on the thread that starts the node, one part after the other in the order
 *       of the list. Parts that come earlier have started. Meters are registered here, because they last as long as the
 *       node; a control plane may start a hundred times.
 *   <li>{@link #calls} is called once, when all parts have started. The API listens afterwards.
 *   <li>Each time that a control plane is to start, {@link #obstacle} says whether it may. {@link #open} makes what its
 *       actor system is made with, and connects to nobody. {@link #start(ControlPlane)} starts what runs in it. Both are
 *       called on a thread that may wait, in the order of the list, and may throw: then this run ends, and the next is
 *       tried after a pause.
 *   <li>Each time that one ends, whatever ended it, what parts gave to {@link ControlPlane#atEnd} is done, in the reverse
 *       order. This is so too when it ends in the middle of its start.
 *   <li>When the node stops: {@link #notReady}, {@link #drain} and {@link #flush}, each of all parts before the next;
 *       then the control plane leaves the cluster and ends; then {@link #save} and {@link #close}.
 * </ol>
 *
 * <p>The control plane may be away at any time: before its first start, for minutes when the database or the
 * other regions are, and between two runs. What a part has in it is in {@link Slot}s, which are empty meanwhile. All slots
 * are filled together when every part has started, and emptied together before anything is ended, so that nobody sees half
 * a control plane. A call that needs what is not there answers 503, and decisions never need it.
 */
public interface Part {

    /** What it reads of the settings. */
    default List<Section<?>> settings() {
        return List.of();
    }

    /**
     * Starts what runs from now on until the process ends.
     *
     * @throws dev.windrose.boot.settings.WrongSetting when the node cannot start as it is set
     */
    default void start(DataPlane data) {}

    /** Its calls, in the order in which the API lists them. */
    default List<Resource> calls() {
        return List.of();
    }

    /** Why no control plane may start now, in one line; null when this part sees nothing against it. */
    default @Nullable String obstacle() {
        return null;
    }

    /** Makes what the actor system of a control plane is made with. */
    default void open(ControlPlane control) {}

    /** Starts what runs until this control plane ends. */
    default void start(ControlPlane control) {}

    /** The node is about to stop: whoever asks is told to go to another one. Waits for nothing. */
    default void notReady() {}

    /** Accepts nothing more, and ends when what was accepted is answered. */
    default CompletionStage<Done> drain(Duration atMost) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Writes what it was told and has not written; the control plane is still there. */
    default CompletionStage<Done> flush(Duration atMost) {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Saves what the next start begins with; the control plane is gone. */
    default CompletionStage<Done> save() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Ends what does not end with the actor system of the data plane. */
    default void close() {}
}
