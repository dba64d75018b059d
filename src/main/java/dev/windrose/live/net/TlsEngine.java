package dev.windrose.live.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one connection: bytes of the network in, bytes of the speaker out, and the other way round, one step at a time. It
 * knows no socket and no thread, and keeps what it has read of a record that is not whole yet. For one thread at a time, but
 * for {@linkplain #task tasks}.
 */
final class TlsEngine {

    /** What a step came to. */
    enum Step {
        /** There may be more to do. */
        MORE,
        /** A {@link #task} is to be computed first, on another thread. */
        COMPUTE,
        /** Nothing can be done before more bytes come. */
        NEEDS_BYTES,
        /** Nothing can be said any more. */
        OUTBOUND_CLOSED,
        /** The other side says nothing any more. */
        INBOUND_CLOSED
    }

    /** Takes what was decrypted, at once. */
    interface Reader {
        void received(ByteBuffer plain) throws IOException;
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private ByteBuffer leftOver = NOTHING;

    /** @param engine of a client */
    TlsEngine(SSLEngine engine) {
        this.engine = engine;
    }

    void beginHandshake() throws SSLException {
        engine.beginHandshake();
    }

    /** Whether a handshake is under way. */
    boolean handshaking() {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Whether there are tasks to compute before anything else. */
    boolean computes() {
        return engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
    }

    /** The next thing to compute; null when there is none. */
    @Nullable
    Runnable task() {
        return engine.getDelegatedTask();
    }

    /** What was agreed on. */
    SSLSession session() {
        return engine.getSession();
    }

    /** What was left over, and that. What no {@link #step} takes of it must be {@linkplain #keep kept}. */
    ByteBuffer withLeftOver(ByteBuffer bytes) {
        ByteBuffer all = leftOver.hasRemaining()
                ? ByteBuffer.allocate(leftOver.remaining() + bytes.remaining())
                        .put(leftOver)
                        .put(bytes)
                        .flip()
                : bytes;
        leftOver = NOTHING;
        return all;
    }

    /** Keeps a copy of what is left of these, until more bytes come. */
    void keep(ByteBuffer rest) {
        leftOver = rest.hasRemaining()
                ? ByteBuffer.allocate(rest.remaining()).put(rest).flip()
                : NOTHING;
    }

    /** Forgets what was left over. */
    void clear() {
        leftOver = NOTHING;
    }

    /**
     * Does the next thing that the handshake wants, or decrypts a record.
     *
     * @param in bytes of the network
     * @param out where packets for the network go
     */
    Step step(ByteBuffer in, Queue<ByteBuffer> out, Reader reader) throws IOException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> Step.COMPUTE;
            case NEED_WRAP -> wrap(NOTHING, out).getStatus() == Status.CLOSED ? Step.OUTBOUND_CLOSED : Step.MORE;
            default -> unwrap(in, reader);
        };
    }

    private Step unwrap(ByteBuffer in, Reader reader) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        SSLEngineResult result = engine.unwrap(in, plain);
        if (plain.position() > 0) {
            reader.received(plain.flip());
        }
        return switch (result.getStatus()) {
            case OK -> {
                boolean more = in.hasRemaining()
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP_AGAIN;
                yield more ? Step.MORE : Step.NEEDS_BYTES;
            }
            case BUFFER_UNDERFLOW -> Step.NEEDS_BYTES;
            case BUFFER_OVERFLOW -> throw new IOException("TLS: a record too long");
            case CLOSED -> Step.INBOUND_CLOSED;
        };
    }

    /** Encrypts all of that. */
    void encrypt(ByteBuffer plain, Queue<ByteBuffer> out) throws IOException {
        while (plain.hasRemaining()) {
            SSLEngineResult result = wrap(plain, out);
            boolean stands = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
            if (result.getStatus() != Status.OK || stands) {
                // It takes nothing while it has something to compute: asking again would keep the loop here.
                throw new EOFException("connection: closed by the other side, or during a handshake");
            }
        }
    }

    /** Says that this is the end. False when there was no room to. */
    boolean close(Queue<ByteBuffer> out) throws IOException {
        engine.closeOutbound();
        return wrap(NOTHING, out).getStatus() != Status.BUFFER_OVERFLOW;
    }

    private SSLEngineResult wrap(ByteBuffer plain, Queue<ByteBuffer> out) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(plain, packet);
        packet.flip();
        if (packet.hasRemaining()) {
            out.add(ByteBuffer.allocate(packet.remaining()).put(packet).flip());
        }
        return result;
    }
}
