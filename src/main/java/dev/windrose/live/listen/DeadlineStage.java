package dev.windrose.live.listen;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

/**
 * A stage between network and HTTP that reports progress to the {@link Connection}, and ends it on request.
 *
 * <p>A connection whose last answer was given while its client still sends is not closed at once: the client would then
 * see a connection reset instead of the answer. Input is discarded until the client has the answer, or {@link
 * Connections} has waited long enough.
 *
 * <p>HTTP gets nothing before the headers of the first request are complete, or long: until then a connection costs no
 * more than this stage, however many never complete them.
 *
 * <p>Input is passed to HTTP in pieces: Akka's parser recurses for every request that it finds in one piece, and some
 * hundreds of tiny ones in a single packet would end the process with a stack overflow.
 */
final class DeadlineStage extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {

    /** The shortest request takes 18 bytes, so a piece holds at most some two hundred. */
    static final int PIECE = 4096;

    private final Inlet<ByteString> fromHttp = Inlet.create("Watched.fromHttp");
    private final Outlet<ByteString> toNet = Outlet.create("Watched.toNet");
    private final Inlet<ByteString> fromNet = Inlet.create("Watched.fromNet");
    private final Outlet<ByteString> toHttp = Outlet.create("Watched.toHttp");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            new BidiShape<>(fromHttp, toNet, fromNet, toHttp);

    private final Connection connection;
    private final Connections all;
    private final boolean readable;

    /** @param readable whether headers are visible, that is, not encrypted */
    DeadlineStage(Connection connection, Connections all, boolean readable) {
        this.readable = readable;
        this.connection = connection;
        this.all = all;
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    /** Whether it contains an empty line, from there on. */
    private static boolean headEnds(ByteString bytes, int from) {
        for (int i = from; i + 1 < bytes.size(); i++) {
            if (bytes.apply(i) == '\n') {
                boolean bare = bytes.apply(i + 1) == '\n';
                if (bare || (bytes.apply(i + 1) == '\r' && i + 2 < bytes.size() && bytes.apply(i + 2) == '\n')) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {

        private ByteString rest = ByteString.emptyByteString();
        private boolean first = readable;

        private Logic() {
            super(shape);
            setHandler(fromNet, new AbstractInHandler() {
                @Override
                public void onPush() {
                    ByteString bytes = grab(fromNet);
                    if (isClosed(toHttp)) {
                        pull(fromNet);
                    } else {
                        connection.heard();
                        if (first) {
                            collect(bytes);
                        } else {
                            hand(bytes);
                        }
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    if (first) {
                        completeStage();
                    } else if (rest.isEmpty()) {
                        complete(toHttp);
                    }
                }
            });
            setHandler(toHttp, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!rest.isEmpty() && !first) {
                        hand(rest);
                    } else {
                        tryPull(fromNet);
                    }
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    connection.ending();
                    rest = ByteString.emptyByteString();
                    if (isClosed(toNet)) {
                        cancel(fromNet);
                    } else if (!hasBeenPulled(fromNet)) {
                        tryPull(fromNet);
                    }
                }
            });
            setHandler(fromHttp, new AbstractInHandler() {
                @Override
                public void onPush() {
                    connection.sent();
                    push(toNet, grab(fromHttp));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(toNet);
                }
            });
            setHandler(toNet, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    connection.taken();
                    tryPull(fromHttp);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(fromHttp);
                }
            });
        }

        private void collect(ByteString bytes) {
            int from = Math.max(0, rest.size() - 2);
            rest = rest.concat(bytes);
            if (rest.size() < PIECE && !headEnds(rest, from)) {
                pull(fromNet);
                return;
            }
            first = false;
            hand(rest);
        }

        private void hand(ByteString bytes) {
            boolean whole = bytes.size() <= PIECE;
            rest = whole ? ByteString.emptyByteString() : bytes.drop(PIECE);
            push(toHttp, whole ? bytes : bytes.take(PIECE));
            if (whole && isClosed(fromNet)) {
                complete(toHttp);
            }
        }

        @Override
        public void preStart() {
            AsyncCallback<SlowClientException> kill = createAsyncCallback(this::failStage);
            AsyncCallback<Connection> end = createAsyncCallback(this::endIdle);
            connection.opened(() -> kill.invoke(new SlowClientException()), () -> end.invoke(connection));
        }

        /** A request may have come since it was found idle. */
        private void endIdle(Connection idle) {
            if (idle.isIdle() && rest.isEmpty()) {
                completeStage();
            }
        }

        @Override
        public void postStop() {
            all.closed(connection);
        }
    }
}
