package dev.windrose.live.reach;

import dev.windrose.live.net.SelectLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends one message prefixed by its length in two bytes, and reads one in the same form, as in DNS over TCP (RFC 7766).
 */
final class LengthPrefixed extends Exchange<byte[]> {

    private static final int LENGTH_BYTES = 2;

    private final byte[] message;
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();

    LengthPrefixed(SelectLoop loop, CompletableFuture<byte[]> answered, long deadlineNanos, byte[] message) {
        super(loop, answered, deadlineNanos);
        this.message = message.clone();
        CompletionStage<?> unused = answered.whenComplete((answer, failure) -> {
            if (failure != null) {
                givenUp();
            }
        });
    }

    @Override
    public void opened() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH_BYTES + message.length);
        line().send(frame.putShort((short) message.length).put(message).flip());
    }

    @Override
    void take(ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        got.writeBytes(bytes);
        if (got.size() < LENGTH_BYTES) {
            return;
        }
        byte[] all = got.toByteArray();
        int end = LENGTH_BYTES + (((all[0] & 0xFF) << 8) | (all[1] & 0xFF));
        if (all.length >= end) {
            done(Arrays.copyOfRange(all, LENGTH_BYTES, end));
        }
    }
}
