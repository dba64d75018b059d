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
    private final @Nullable TlsEngine tls;
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private Speaker speaker;
    private @Nullable SelectionKey key = null;
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
        this.tls = engine == null ? null : new TlsEngine(engine);
        this.speaker = speaker;
    }

    /** Somebody else speaks from now on. */
    public void speaker(Speaker next) {
        speaker = next;
        bytesRead = 0;
    }

    /** Whether something can be sent at once: it is open, and no handshake is under way. */
    public boolean free() {
        return opened && !closed && !working && (tls == null || !tls.handshaking());
    }

    /** What was agreed on when it was encrypted; null when it is not. */
    public @Nullable SSLSession session() {
        return tls == null ? null : tls.session();
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
        if (tls == null) {
            opened = true;
            speaker.opened();
        } else {
            tls.beginHandshake();
            shake(tls, NOTHING);
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
            if (tls == null) {
                speaker.received(bytes);
            } else {
                shake(tls, bytes);
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
    private void shake(TlsEngine tls, ByteBuffer bytes) throws IOException {
        ByteBuffer in = tls.withLeftOver(bytes);
        boolean more = true;
        while (more && !closed) {
            switch (tls.step(in, out, plain -> speaker.received(plain))) {
                case MORE -> {}
                case COMPUTE -> {
                    tls.keep(in);
                    compute(tls);
                    return;
                }
                case NEEDS_BYTES -> more = false;
                case OUTBOUND_CLOSED -> {
                    flush();
                    tls.keep(in);
                    end();
                    return;
                }
                case INBOUND_CLOSED -> {
                    more = false;
                    if (!closed) {
                        end();
                    }
                }
            }
            if (!closed && !opened && !tls.handshaking()) {
                opened = true;
                flush();
                speaker.opened();
            }
        }
        if (!closed) {
            tls.keep(in);
            flush();
        }
    }

    /** Certificates and keys take milliseconds, in which others would wait. */
    private void compute(TlsEngine tls) throws IOException {
        Runnable task = tls.task();
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

    private void computed(TlsEngine tls) {
        if (closed) {
            return;
        }
        try {
            if (tls.computes()) {
                compute(tls);
                return;
            }
            working = false;
            if (key != null && key.isValid()) {
                key.interestOps(SelectionKey.OP_READ);
            }
            shake(tls, NOTHING);
        } catch (IOException e) {
            broken(e);
        } catch (RuntimeException e) {
            broken(new IOException("TLS handshake: " + e, e));
        }
    }

    /** Sends that, as soon as the network takes it. */
    public void send(ByteBuffer bytes) throws IOException {
        if (tls == null) {
            out.add(bytes);
        } else {
            tls.encrypt(bytes, out);
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
        if (tls == null || !channel.isConnected()) {
            return;
        }
        try {
            if (tls.close(out)) {
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
        if (tls != null) {
            tls.clear();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Its descriptor is gone whatever it says.
        }
    }
}
