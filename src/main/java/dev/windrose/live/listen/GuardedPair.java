package dev.windrose.live.listen;

import dev.windrose.live.net.SelectLoop;
import dev.windrose.watch.ListenMeters.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** A connection from outside and the inner one that forwards its traffic. Everything runs on the loop's thread. */
final class GuardedPair {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int READS_AT_ONCE = 8;

    /** One of the two connections, and its pending output. */
    private final class Side implements SelectLoop.Ready {

        private final SocketChannel channel;
        private @Nullable SelectionKey key = null;
        private ByteBuffer unwritten = NOTHING;
        private boolean ended = false;

        Side(SocketChannel channel) {
            this.channel = channel;
        }

        private Side other() {
            return this == client ? backend() : client;
        }

        @Override
        public void ready(SelectionKey ready) throws IOException {
            if (ready.isConnectable()) {
                channel.finishConnect();
                ready.interestOps(0);
                connected = true;
            }
            if (ready.isValid() && connected && (ready.isWritable() || unwritten.hasRemaining())) {
                flush();
            }
            if (ready.isValid() && ready.isReadable()) {
                pump();
            }
            if (!closed) {
                interests();
            }
        }

        @Override
        public void broken(IOException cause) {
            close();
        }

        private void pump() throws IOException {
            for (int i = 0; i < READS_AT_ONCE && !closed && mayRead(); i++) {
                ByteBuffer bytes = guard.loop().scratch();
                int read = channel.read(bytes);
                if (read < 0) {
                    ended = true;
                    if (!other().unwritten.hasRemaining()) {
                        close();
                    }
                    return;
                }
                if (read == 0) {
                    return;
                }
                bytes.flip();
                if (this == client && !checked(bytes)) {
                    return;
                }
                other().write(bytes);
            }
        }

        /** Reads only what the other side accepts; so no more than one read is ever buffered. */
        private boolean mayRead() {
            return !ended && !other().unwritten.hasRemaining();
        }

        private void write(ByteBuffer bytes) throws IOException {
            if (connected) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                unwritten = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            }
        }

        private void flush() throws IOException {
            if (unwritten.hasRemaining()) {
                channel.write(unwritten);
                if (!unwritten.hasRemaining()) {
                    unwritten = NOTHING;
                    if (other().ended) {
                        close();
                    }
                }
            }
        }

        private int wanted() {
            boolean connects = this != client && !connected;
            return connects
                    ? SelectionKey.OP_CONNECT
                    : (mayRead() ? SelectionKey.OP_READ : 0)
                            | (unwritten.hasRemaining() && connected ? SelectionKey.OP_WRITE : 0);
        }
    }

    private final ClusterGuard guard;
    private final InetAddress address;
    private final PreambleCheck bytes;
    private final Side client;
    private final long sinceNanos = System.nanoTime();
    private long heardNanos = sinceNanos;
    private @Nullable Side backend = null;
    private ByteBuffer kept = NOTHING;
    private boolean connected = false;
    private boolean closed = false;
    /** When the incomplete frame began, or this node resumed reading. */
    private long midwaySinceNanos = 0;

    GuardedPair(ClusterGuard guard, SocketChannel accepted, InetAddress address, PreambleCheck bytes) {
        this.guard = guard;
        this.address = address;
        this.bytes = bytes;
        this.client = new Side(accepted);
    }

    void begin() throws IOException {
        client.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        keepAlive(client.channel);
        client.key = guard.loop().register(client.channel, SelectionKey.OP_READ, new SelectLoop.Ready() {
            @Override
            public void ready(SelectionKey key) throws IOException {
                if (backend == null) {
                    first();
                } else {
                    client.ready(key);
                }
            }

            @Override
            public void broken(IOException cause) {
                close();
            }
        });
    }

    /** A crashed peer does not close its connection: keep-alive detects it within a minute rather than two hours. */
    private static void keepAlive(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        try {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        } catch (UnsupportedOperationException e) {
            // Then the system's default of two hours applies.
        }
    }

    /** When the other side last sent something, by {@link System#nanoTime}. */
    long heardNanos() {
        return heardNanos;
    }

    InetAddress address() {
        return address;
    }

    boolean proven() {
        return bytes.proven();
    }

    private Side backend() {
        Side made = backend;
        if (made == null) {
            throw new IllegalStateException("backend: none (expected: after the first bytes)");
        }
        return made;
    }

    /** The inner connection is opened only after a valid preamble. */
    private void first() throws IOException {
        ByteBuffer read = guard.loop().scratch();
        int count = client.channel.read(read);
        if (count < 0) {
            close();
            return;
        }
        read.flip();
        if (!checked(read)) {
            return;
        }
        kept = joined(kept, read);
        if (bytes.begun()) {
            connect();
        }
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    private void connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        Side made = new Side(channel);
        backend = made;
        made.unwritten = kept;
        kept = NOTHING;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        keepAlive(channel);
        channel.configureBlocking(false);
        connected = channel.connect(guard.inner());
        made.key = guard.loop().register(channel, 0, made);
        if (connected) {
            made.flush();
        }
        if (!closed) {
            interests();
        }
    }

    private boolean checked(ByteBuffer read) {
        heardNanos = System.nanoTime();
        boolean between = !bytes.midway();
        long before = bytes.complete();
        String wrong = bytes.look(read);
        if (wrong != null) {
            refuse(Refusal.NOT_A_NODE, wrong);
            return false;
        }
        if (between || bytes.complete() > before) {
            midwaySinceNanos = System.nanoTime();
        }
        return true;
    }

    /** Ends it if its deadline has passed. */
    void look(long nowNanos) {
        if (!(bytes instanceof TlsRecords ? bytes.proven() : bytes.begun())
                && nowNanos - sinceNanos > guard.limits().beginsWithin().toNanos()) {
            refuse(Refusal.SLOW_HEADERS, "it did not send a node's preamble in time");
            return;
        }
        boolean ours = backend != null && backend().unwritten.hasRemaining();
        if (ours) {
            midwaySinceNanos = nowNanos;
        } else if (bytes.midway()
                && nowNanos - midwaySinceNanos > guard.limits().frameWithin().toNanos()) {
            refuse(Refusal.SLOW, "a frame was not complete in time");
        }
    }

    void refuse(Refusal why, String detail) {
        if (!closed) {
            guard.refused(why, detail, address);
            close();
        }
    }

    private void interests() {
        set(client);
        set(backend());
    }

    private static void set(Side side) {
        SelectionKey key = side.key;
        if (key != null && key.isValid() && key.interestOps() != side.wanted()) {
            key.interestOps(side.wanted());
        }
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        kept = NOTHING;
        close(client.channel);
        if (backend != null) {
            close(backend().channel);
        }
        guard.closed(this);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Its descriptor is released in any case.
        }
    }
}
