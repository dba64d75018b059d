package dev.windrose.live.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing connection, plain or encrypted, which a {@link SelectLoop} serves. Everything of it runs on the thread of the loop, and
 * {@link #close} ends it at once, whatever it is doing.
 */
public final class OutgoingConnection implements SelectLoop.Ready {

    /** Who speaks on a line. Told by the thread of the loop; must not wait. */
    public interface Speaker {

        /** The other side has accepted it; nothing was said yet, and a handshake follows where it is to be encrypted. */
        default void connected() {}

        /** It is connected, and encrypted when it was to be. */
        void opened() throws IOException;

        /** Bytes came; they are to be taken now. */
        void received(ByteBuffer bytes) throws IOException;

        /** Nothing more comes. */
        void ended() throws IOException;

        /** It was broken and is closed. */
        void failed(IOException cause);
    }

    /** Reads of one turn; others are ready too. */
    private static final int READS_AT_ONCE = 4;

    /** Of one speaker. Records of TLS that carry nothing never reach whoever counts what is said. */
    private static final long BYTES_AT_MOST = 2L * 1024 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SelectLoop loop;
    private final Executor heavy;
    private final SocketChannel channel;
    private final @Nullable SSLEngine engine;
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private Speaker speaker;
    private @Nullable SelectionKey key = null;
    private ByteBuffer leftOver = NOTHING;
    private long bytesRead = 0;
    private boolean opened = false;
    private boolean working = false;
    private boolean ended = false;
    private volatile boolean closed = false;

    /**
     * Connects. What goes wrong is told to the speaker, also while this runs.
     *
     * @param engine of a client, or null when nothing is encrypted
     * @param heavy runs what a handshake has to compute
     */
    public static OutgoingConnection dial(
            SelectLoop loop, Executor heavy, InetSocketAddress to, @Nullable SSLEngine engine, Speaker speaker)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        OutgoingConnection line = new OutgoingConnection(loop, heavy, channel, engine, speaker);
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            boolean connected = channel.connect(to);
            line.key = loop.register(channel, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, line);
            if (connected) {
                // The speaker hears of it when it has the line.
                loop.execute(line::connectedAtOnce);
            }
            return line;
        } catch (IOException | RuntimeException e) {
            line.close();
            throw e;
        }
    }

    private OutgoingConnection(
            SelectLoop loop, Executor heavy, SocketChannel channel, @Nullable SSLEngine engine, Speaker speaker) {
        this.loop = loop;
        this.heavy = heavy;
        this.channel = channel;
        this.engine = engine;
        this.speaker = speaker;
    }

    /** Somebody else speaks from now on. */
    public void speaker(Speaker next) {
        speaker = next;
        bytesRead = 0;
    }

    /** Whether something can be sent at once: it is open, and no handshake is under way. */
    public boolean free() {
        return opened
                && !closed
                && !working
                && (engine == null || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING);
    }

    /** What was agreed on when it was encrypted; null when it is not. */
    public @Nullable SSLSession session() {
        return engine == null ? null : engine.getSession();
    }

    public boolean closed() {
        return closed;
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isConnectable()) {
            channel.finishConnect();
            ready.interestOps(SelectionKey.OP_READ);
            connected();
        }
        if (!closed && ready.isWritable()) {
            flush();
        }
        if (!closed && !working && ready.isReadable()) {
            read();
        }
    }

    @Override
    public void broken(IOException cause) {
        if (!closed) {
            close();
            speaker.failed(cause);
        }
    }

    private void connectedAtOnce() {
        if (!closed) {
            try {
                connected();
            } catch (IOException e) {
                broken(e);
            }
        }
    }

    private void connected() throws IOException {
        speaker.connected();
        if (closed) {
            return;
        }
        if (engine == null) {
            opened = true;
            speaker.opened();
        } else {
            engine.beginHandshake();
            shake(NOTHING);
        }
    }

    private void read() throws IOException {
        for (int i = 0; i < READS_AT_ONCE && !closed && !working; i++) {
            ByteBuffer bytes = loop.scratch();
            int read = channel.read(bytes);
            if (read < 0) {
                end();
                return;
            }
            if (read == 0) {
                return;
            }
            bytesRead += read;
            if (bytesRead > BYTES_AT_MOST) {
                throw new IOException("connection: more than " + BYTES_AT_MOST + " bytes for one answer");
            }
            bytes.flip();
            if (engine == null) {
                speaker.received(bytes);
            } else {
                shake(bytes);
            }
        }
    }

    private void end() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        if (key != null && key.isValid()) {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
        if (!opened) {
            throw new EOFException("connection: closed by the other side during the TLS handshake");
        }
        speaker.ended();
    }

    /** Decrypts what is there and does what the handshake wants, as far as that goes without waiting. */
    private void shake(ByteBuffer bytes) throws IOException {
        SSLEngine tls = engine;
        if (tls == null) {
            return;
        }
        ByteBuffer in = leftOver.hasRemaining() ? joined(leftOver, bytes) : bytes;
        leftOver = NOTHING;
        boolean more = true;
        while (more && !closed) {
            switch (tls.getHandshakeStatus()) {
                case NEED_TASK -> {
                    keep(in);
                    compute(tls);
                    return;
                }
                case NEED_WRAP -> {
                    SSLEngineResult.Status status = wrap(tls, NOTHING).getStatus();
                    if (status == SSLEngineResult.Status.CLOSED) {
                        flush();
                        keep(in);
                        end();
                        return;
                    }
                }
                default -> more = unwrap(tls, in);
            }
            if (!closed && !opened && tls.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                opened = true;
                flush();
                speaker.opened();
            }
        }
        if (!closed) {
            keep(in);
            flush();
        }
    }

    /** @return whether there may be more to do */
    private boolean unwrap(SSLEngine tls, ByteBuffer in) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(tls.getSession().getApplicationBufferSize());
        SSLEngineResult result = tls.unwrap(in, plain);
        if (plain.position() > 0) {
            speaker.received(plain.flip());
        }
        return switch (result.getStatus()) {
            case OK ->
                in.hasRemaining()
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP_AGAIN;
            case BUFFER_UNDERFLOW -> false;
            case BUFFER_OVERFLOW -> throw new IOException("TLS: a record too long");
            case CLOSED -> {
                if (!closed) {
                    end();
                }
                yield false;
            }
        };
    }

    private SSLEngineResult wrap(SSLEngine tls, ByteBuffer plain) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(tls.getSession().getPacketBufferSize());
        SSLEngineResult result = tls.wrap(plain, packet);
        packet.flip();
        if (packet.hasRemaining()) {
            out.add(ByteBuffer.allocate(packet.remaining()).put(packet).flip());
        }
        return result;
    }

    /** Certificates and keys take milliseconds, in which others would wait. */
    private void compute(SSLEngine tls) throws IOException {
        Runnable task = tls.getDelegatedTask();
        if (task == null) {
            return;
        }
        working = true;
        if (key != null && key.isValid()) {
            key.interestOps(0);
        }
        try {
            heavy.execute(() -> {
                if (!closed) {
                    task.run();
                }
                loop.execute(() -> computed(tls));
            });
        } catch (RejectedExecutionException e) {
            throw new IOException("TLS handshake: too many at once on this node", e);
        }
    }

    private void computed(SSLEngine tls) {
        if (closed) {
            return;
        }
        try {
            if (tls.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                compute(tls);
                return;
            }
            working = false;
            if (key != null && key.isValid()) {
                key.interestOps(SelectionKey.OP_READ);
            }
            shake(NOTHING);
        } catch (IOException e) {
            broken(e);
        } catch (RuntimeException e) {
            broken(new IOException("TLS handshake: " + e, e));
        }
    }

    private void keep(ByteBuffer rest) {
        leftOver = rest.hasRemaining()
                ? ByteBuffer.allocate(rest.remaining()).put(rest).flip()
                : NOTHING;
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    /** Sends that, as soon as the network takes it. */
    public void send(ByteBuffer bytes) throws IOException {
        SSLEngine tls = engine;
        if (tls == null) {
            out.add(bytes);
        } else {
            while (bytes.hasRemaining()) {
                SSLEngineResult result = wrap(tls, bytes);
                boolean stands = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
                if (result.getStatus() != SSLEngineResult.Status.OK || stands) {
                    // It takes nothing while it has something to compute: asking again would keep the loop here.
                    throw new EOFException("connection: closed by the other side, or during a handshake");
                }
            }
        }
        flush();
    }

    private void flush() throws IOException {
        while (!out.isEmpty()) {
            ByteBuffer next = out.peek();
            channel.write(next);
            if (next.hasRemaining()) {
                break;
            }
            out.remove();
        }
        SelectionKey waiting = key;
        if (waiting != null && waiting.isValid() && !working) {
            if (out.isEmpty()) {
                waiting.interestOpsAnd(~SelectionKey.OP_WRITE);
            } else {
                waiting.interestOpsOr(SelectionKey.OP_WRITE);
            }
        }
    }

    /** Tells the other side that this is the end, if the network takes it at once. */
    private void farewell() {
        SSLEngine tls = engine;
        if (tls == null || !channel.isConnected()) {
            return;
        }
        try {
            tls.closeOutbound();
            if (wrap(tls, NOTHING).getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW) {
                flush();
            }
        } catch (IOException | RuntimeException e) {
            // It is closed all the same.
        }
    }

    /** Closes it, at once; nothing is told any more. */
    public void close() {
        if (closed) {
            return;
        }
        if (!working) {
            farewell();
        }
        closed = true;
        out.clear();
        leftOver = NOTHING;
        try {
            channel.close();
        } catch (IOException e) {
            // Its descriptor is gone whatever it says.
        }
    }
}
