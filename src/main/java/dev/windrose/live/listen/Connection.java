package dev.windrose.live.listen;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: what it is waiting for, and since when. Written by the connection's own stages, read by the sweep
 * over all connections; times are ticks of {@link Connections}, so that a request costs no clock reading.
 */
public final class Connection {

    /** What the node is waiting for. */
    enum State {
        /** The rest of a request's headers, the first byte of the first request included. */
        HEAD(0),
        /** The answer. */
        ANSWER(1),
        /** The next request. */
        IDLE(2),
        /** The end of a connection after its last answer. */
        END(3);

        /** Its code in the packed word. */
        private final int bits;

        State(int bits) {
            this.bits = bits;
        }

        private static State of(int bits) {
            return switch (bits) {
                case 0 -> HEAD;
                case 1 -> ANSWER;
                case 2 -> IDLE;
                default -> END;
            };
        }
    }

    private static final int NEVER = -1;

    private static final int STATE_BITS = 2;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;
    private static final AtomicLongFieldUpdater<Connection> WAITS =
            AtomicLongFieldUpdater.newUpdater(Connection.class, "waits");

    final Peer peer;
    private final RemoteAddress remote;
    private final Connections all;
    private final boolean held;
    /** A state and the tick since when, in one word: a reader never combines one state with the time of another. */
    private volatile long waits;

    private volatile int stalledSince = NEVER;
    private volatile @Nullable Runnable kill = null;
    private volatile @Nullable Runnable end = null;
    private volatile boolean killed = false;
    private volatile boolean spoke = false;
    private volatile @Nullable SSLEngine engine = null;
    private volatile @Nullable X509Certificate certificate = null;
    private volatile boolean certificateKnown = false;

    /** @param held whether it is neither read nor answered */
    Connection(Connections all, Peer peer, InetAddress address, boolean held) {
        this.held = held;
        this.remote = RemoteAddress.create(address);
        this.all = all;
        this.peer = peer;
        to(State.HEAD);
    }

    private void to(State next) {
        waits = since(next, all.beat());
    }

    private static long since(State state, int beat) {
        return ((long) beat << STATE_BITS) | state.bits;
    }

    private static State state(long waits) {
        return State.of((int) waits & STATE_MASK);
    }

    /** Bytes came. */
    void heard() {
        spoke = true;
        long before = waits;
        if (state(before) == State.IDLE) {
            // Not if an answer is owed by now: the thread that found the request knows more.
            WAITS.compareAndSet(this, before, since(State.HEAD, all.beat()));
        }
    }

    /** The headers of a request are complete. */
    void asked() {
        to(State.ANSWER);
    }

    /** An answer is ready. */
    void answered() {
        peer.answered();
        to(State.IDLE);
    }

    /** No more requests are read. */
    void ending() {
        to(State.END);
    }

    /** Bytes were passed to the network. */
    void sent() {
        stalledSince = all.beat();
    }

    /** The network took them. */
    void taken() {
        stalledSince = NEVER;
    }

    /** Whether the address is within its request rate now. */
    public boolean mayAsk() {
        return peer.bucket.tryConsume(1);
    }

    /** Neither read nor answered, because its address was too slow too often. */
    boolean held() {
        return held;
    }

    /** Whether anything was ever received on it: a client that connects in advance and stays silent does no harm. */
    boolean spoke() {
        return spoke;
    }

    /** The request with its peer address. Akka would add it to every request, and most never need it. */
    public HttpRequest addressed(HttpRequest request) {
        return request.addAttribute(AttributeKeys.remoteAddress, remote);
    }

    /** The expected body did not arrive. */
    public void offended() {
        all.offended(this);
    }

    State state() {
        return state(waits);
    }

    /**
     * The state that has exceeded its limit in ticks; null for none.
     *
     * @param answer limit for an answer
     */
    @Nullable
    State overdue(int head, int answer, int idle, int end) {
        long read = waits;
        int beats = all.beat() - (int) (read >> STATE_BITS);
        State state = state(read);
        int may = switch (state) {
            case HEAD -> head;
            case ANSWER -> answer;
            case IDLE -> idle;
            case END -> end;
        };
        return beats > may ? state : null;
    }

    int beatsStalled() {
        int from = stalledSince;
        return from == NEVER ? 0 : all.beat() - from;
    }

    /**
     * @param close ends the connection at once, from any thread
     * @param finish ends it when no answer is owed, from any thread; the client sees a regular end of stream
     */
    void opened(Runnable close, Runnable finish) {
        kill = close;
        end = finish;
    }

    /** Whether no answer is owed: nothing was requested since the last one. */
    boolean isIdle() {
        State now = state();
        return now == State.IDLE || (now == State.HEAD && !spoke);
    }

    /** Ends it, unless an answer is owed. */
    void end() {
        Runnable finish = end;
        if (finish != null) {
            finish.run();
        }
    }

    void secured(SSLEngine by) {
        engine = by;
    }

    /** The verified client certificate; null for none. */
    public @Nullable X509Certificate certificate() {
        SSLEngine by = engine;
        if (by == null) {
            return null;
        }
        if (!certificateKnown) {
            try {
                certificate = by.getSession().getPeerCertificates()[0] instanceof X509Certificate shown ? shown : null;
            } catch (SSLPeerUnverifiedException e) {
                certificate = null;
            }
            certificateKnown = true;
        }
        return certificate;
    }

    /** Whether {@link #kill} was requested; the actual end may come later. */
    boolean killed() {
        return killed;
    }

    void kill() {
        Runnable close = kill;
        if (close != null && !killed) {
            killed = true;
            close.run();
        }
    }
}
