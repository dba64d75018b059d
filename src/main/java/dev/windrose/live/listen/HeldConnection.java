package dev.windrose.live.listen;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

/**
 * A connection that is neither read nor answered until {@link Connections} ends it. Holding costs less than refusing: a
 * refused client reconnects at once.
 */
final class HeldConnection extends GraphStage<FlowShape<ByteString, ByteString>> {

    private final Inlet<ByteString> in = Inlet.create("Held.in");
    private final Outlet<ByteString> out = Outlet.create("Held.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Connection connection;
    private final Connections all;

    HeldConnection(Connection connection, Connections all) {
        this.connection = connection;
        this.all = all;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new GraphStageLogic(shape) {
            {
                setHandler(in, new AbstractInHandler() {
                    @Override
                    public void onPush() {
                        throw new IllegalStateException("no request is pending");
                    }
                });
                setHandler(out, new AbstractOutHandler() {
                    @Override
                    public void onPull() {
                        // There is no answer.
                    }
                });
            }

            @Override
            public void preStart() {
                AsyncCallback<Connection> kill = createAsyncCallback(ended -> failStage(new SlowClientException()));
                AsyncCallback<Connection> end = createAsyncCallback(ended -> completeStage());
                connection.opened(() -> kill.invoke(connection), () -> end.invoke(connection));
            }

            @Override
            public void postStop() {
                all.closed(connection);
            }
        };
    }
}
