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

    /** What the node waits for. */
    enum State {
        /** The rest of a request's headers, the first byte of the first request included. */
        HEAD(0),
        /** The answer. */
        ANSWER(1),
        /** The next request. */
        IDLE(2),
        /** The end of a connection whose last answer was given. */
        END(3);

        /** Stands for it in a word. */
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
    /** A state and the beat since when, in one word: whoever reads it never takes the time of one for that of another. */
    private volatile long waits;

    private volatile int stalledSince = NEVER;
    private volatile @Nullable Runnable kill = null;
    private volatile @Nullable Runnable end = null;
    private volatile boolean killed = false;
    private volatile boolean spoke = false;
    private volatile @Nullable SSLEngine engine = null;
    private volatile @Nullable X509Certificate certificate = null;
    private volatile boolean certificateKnown = false;

    /** @param held is neither read nor answered */
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
            // Not where an answer is owed by now: whichever thread found the request, it knows more.
            WAITS.compareAndSet(this, before, since(State.HEAD, all.beat()));
        }
    }

    /** The headers of a request are there. */
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

    /** Bytes were handed to the network. */
    void sent() {
        stalledSince = all.beat();
    }

    /** The network took them. */
    void taken() {
        stalledSince = NEVER;
    }

    /** Whether the address has requests left at this time. */
    public boolean mayAsk() {
        return peer.bucket.tryConsume(1);
    }

    /** Neither read nor answered, because its address kept the node waiting too often. */
    boolean held() {
        return held;
    }

    /** Whether anything was ever heard on it: who connects in advance and says nothing does no harm. */
    boolean spoke() {
        return spoke;
    }

    /** The request with the address that it came from. Akka would put it into every request, and most need it never. */
    public HttpRequest addressed(HttpRequest request) {
        return request.addAttribute(AttributeKeys.remoteAddress, remote);
    }

    /** The body that was to come did not. */
    public void offended() {
        all.offended(this);
    }

    State state() {
        return state(waits);
    }

    /**
     * The state that lasts for longer than it may, in beats; null when there is none.
     *
     * @param answer for which an answer may take
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
     * @param finish ends it when it waits for no answer, from any thread; the client is told by the end of what it reads
     */
    void opened(Runnable close, Runnable finish) {
        kill = close;
        end = finish;
    }

    /** Whether no answer is owed: nothing was asked since the last one. */
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

    /** The certificate that the client has shown and that is believed; null when there is none. */
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

    /** Whether {@link #kill} has been told; what it takes to end it may come later. */
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
