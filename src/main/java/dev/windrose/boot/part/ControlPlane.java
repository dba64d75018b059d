package dev.windrose.boot.part;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.cluster.ddata.typed.javadsl.Replicator;
import com.typesafe.config.Config;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.supervision.Supervision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One control plane, from the setup of its actor system to its end: what parts run in it, and what to do when it ends.
 */
public final class ControlPlane {

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final Supervision actors;
    private final List<Setup> setups = new ArrayList<>();
    private final Map<Slot<?>, Object> kept = new HashMap<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private final Deque<Runnable> ends = new ArrayDeque<>();
    private Config config;
    private @Nullable ActorSystem<?> system = null;
    private boolean published = false;
    private boolean ended = false;

    /**
     * @param config of its actor system
     * @param actors supervises the long-lived ones
     */
    public ControlPlane(Config config, Supervision actors) {
        this.config = config;
        this.actors = actors;
    }

    /** The configuration of its actor system, as extended by parts so far. */
    public synchronized Config config() {
        return config;
    }

    /** Adds {@code config} to its actor system; for {@link Part#open}. */
    public synchronized void config(Config config) {
        this.config = config;
    }

    /** Adds {@code setup} to its actor system; for {@link Part#open}. */
    public synchronized void with(Setup setup) {
        setups.add(setup);
    }

    /** The setup of its actor system. */
    public synchronized List<Setup> setups() {
        return List.copyOf(setups);
    }

    /** Its actor system has started: parts start from now on. */
    public synchronized void runsIn(ActorSystem<?> made) {
        system = made;
        actors.watch(made);
    }

    /** @throws IllegalStateException while parts open */
    public synchronized ActorSystem<?> system() {
        ActorSystem<?> made = system;
        if (made == null) {
            throw new IllegalStateException("control plane: no actor system yet (expected: when parts start)");
        }
        return made;
    }

    /** Its long-lived actors. */
    public Supervision actors() {
        return actors;
    }

    /** The replicator of boards over the cluster. */
    public ActorRef<Replicator.Command> replicator() {
        return NodeEntries.ofCluster(system());
    }

    /** Starts an actor that must run until the end; it is restarted when it fails. */
    public <T> ActorRef<T> start(String name, Behavior<T> behavior) {
        return system().systemActorOf(actors.lasting(name, behavior), name, Props.empty());
    }

    /** The same for one that reports what it is waiting for. */
    public <T> ActorRef<T> start(
            String name, Function<dev.windrose.live.supervision.SupervisedActor, Behavior<T>> behavior) {
        return system().systemActorOf(actors.lasting(name, behavior), name, Props.empty());
    }

    /** Publishes something to other parts; it is in its slot once all parts have started. */
    public synchronized <T> T keep(Slot<T> slot, T value) {
        if (!ended) {
            kept.put(slot, value);
            if (published) {
                slot.fill(value);
            }
        }
        return value;
    }

    /** What another part has published, while parts start. */
    @SuppressWarnings("unchecked") // Only keep() puts something under a slot.
    public synchronized <T> T of(Slot<T> slot) {
        Object value = kept.get(slot);
        if (value == null) {
            throw new IllegalStateException(slot + ": not there (expected: kept by a part earlier in the list)");
        }
        return (T) value;
    }

    /** Registers an action for when all parts have started; they run in order of registration. */
    public synchronized void whenStarted(Runnable action) {
        afterwards.add(action);
    }

    /** Registers an action for its end; runs at once when it has ended in the meantime. */
    public void atEnd(Runnable action) {
        synchronized (this) {
            if (!ended) {
                ends.push(action);
                return;
            }
        }
        action.run();
    }

    /** Runs the actions for when all parts have started; may block. */
    public void started() {
        List<Runnable> actions;
        synchronized (this) {
            actions = List.copyOf(afterwards);
        }
        actions.forEach(Runnable::run);
    }

    /** Fills all slots. */
    synchronized void publish() {
        if (ended) {
            throw new IllegalStateException("control plane: ended (expected: running at the end of its start)");
        }
        published = true;
        kept.forEach(ControlPlane::fill);
    }

    @SuppressWarnings("unchecked") // Only keep() puts something under a slot.
    private static <T> void fill(Slot<T> slot, Object value) {
        slot.fill((T) value);
    }

    /** Empties all slots, and runs the actions for the end, the latest first. */
    void end() {
        List<Runnable> actions;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            kept.keySet().forEach(Slot::empty);
            actions = List.copyOf(ends);
        }
        actors.end();
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warn("a part of the control plane failed to stop cleanly", e);
            }
        }
    }
}
