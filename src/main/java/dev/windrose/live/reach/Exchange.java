package dev.windrose.live.reach;

import dev.windrose.live.net.OutgoingConnection;
import dev.windrose.live.net.SelectLoop;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Its connection is closed when the answer is complete, on failure, when the caller
 * cancels, and at the deadline: no path leaves a socket open.
 */
abstract class Exchange<T> implements OutgoingConnection.Speaker {

    /** A longer answer is not a valid one for any caller. */
    private static final long BYTES_AT_MOST = 1024L * 1024;

    private final SelectLoop loop;
    private final SelectLoop.Timer deadline;
    private final CompletableFuture<T> answered;
    private @Nullable OutgoingConnection line = null;
    private @Nullable HappyEyeballs dialing = null;
    private long bytes = 0;

    /** On the loop's thread. */
    Exchange(SelectLoop loop, CompletableFuture<T> answered, long deadlineNanos) {
        this.loop = loop;
        this.answered = answered;
        this.deadline = loop.at(deadlineNanos, () -> failed(new Late()));
    }

    /** Not in time. */
    static final class Late extends IOException {

        private static final long serialVersionUID = 1L;

        Late() {
            super("answer: not received in time", new TimeoutException());
        }
    }

    /** Sends the request on that connection; {@link OutgoingConnection.Speaker#opened} follows if it is new. */
    final void on(OutgoingConnection connected) {
        line = connected;
        connected.speaker(this);
    }

    /** Sends the request on the resulting connection, and closes it if the caller has cancelled. */
    final void by(HappyEyeballs attempts) {
        dialing = attempts;
        attempts.begin();
    }

    final OutgoingConnection line() {
        OutgoingConnection connected = line;
        if (connected == null) {
            throw new IllegalStateException("line: none (expected: after on)");
        }
        return connected;
    }

    final boolean over() {
        return answered.isDone();
    }

    /** Whether anything was received on this connection. */
    final boolean heard() {
        return bytes > 0;
    }

    @Override
    public void received(ByteBuffer part) throws IOException {
        bytes += part.remaining();
        if (bytes > BYTES_AT_MOST) {
            throw new IOException("answer: more than " + BYTES_AT_MOST + " bytes");
        }
        take(part);
    }

    /** Bytes of the answer. */
    abstract void take(ByteBuffer part) throws IOException;

    @Override
    public void ended() throws IOException {
        throw new EOFException("connection: closed by the other side before the answer was complete");
    }

    @Override
    public void failed(IOException cause) {
        deadline.cancel();
        end();
        answered.completeExceptionally(cause);
    }

    /** The answer is there. */
    final void done(T answer) {
        deadline.cancel();
        leave();
        answered.complete(answer);
    }

    /** What to do with the connection after an answer. */
    void leave() {
        end();
    }

    final void end() {
        OutgoingConnection connected = line;
        if (connected != null) {
            connected.close();
        }
        HappyEyeballs attempts = dialing;
        if (attempts != null) {
            attempts.close();
        }
    }

    /** Cancelled; safe for all threads. */
    final void givenUp() {
        loop.execute(() -> {
            deadline.cancel();
            end();
        });
    }
}
