package dev.windrose.live.listen;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Validates traffic between nodes over plain TCP (Artery): {@code AKKA}, the number of the stream, and frames, each
 * preceded by its length in four bytes, little-endian. An impossible length makes Akka read it again and again, with a
 * line in the log each time.
 */
final class ArteryFrames implements PreambleCheck {

    private static final byte[] MAGIC = "AKKA".getBytes(StandardCharsets.US_ASCII);
    private static final int STREAMS = 3;
    private static final int LARGE = 3;

    /** The header of an envelope: versions, origin, serializer, and the positions of sender, recipient and manifest. */
    private static final int LEAST = 28;

    private static final int VERSION = 0;

    private final int frameAtMost;
    private final int largeAtMost;
    private int header = 0;
    private int stream = 0;
    private int lengthBytes = 0;
    private int length = 0;
    private int left = 0;
    private boolean first = false;
    private long complete = 0;

    ArteryFrames(int frameAtMost, int largeAtMost) {
        this.frameAtMost = frameAtMost;
        this.largeAtMost = largeAtMost;
    }

    @Override
    public @Nullable String look(ByteBuffer bytes) {
        int at = bytes.position();
        while (at < bytes.limit()) {
            if (left > 0) {
                if (first && bytes.get(at) != VERSION) {
                    return "an envelope of an unknown version";
                }
                first = false;
                int there = Math.min(left, bytes.limit() - at);
                left -= there;
                at += there;
                complete += left == 0 ? 1 : 0;
                continue;
            }
            String wrong = head(bytes.get(at++) & 0xFF);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private @Nullable String head(int next) {
        if (header < MAGIC.length) {
            return next == MAGIC[header++] ? null : "not the node protocol";
        }
        if (stream == 0) {
            stream = next;
            return stream >= 1 && stream <= STREAMS ? null : "an unknown stream";
        }
        length |= next << (8 * lengthBytes++);
        if (lengthBytes < Integer.BYTES) {
            return null;
        }
        int said = length;
        length = 0;
        lengthBytes = 0;
        if (said < LEAST || said > (stream == LARGE ? largeAtMost : frameAtMost)) {
            return "a frame of invalid length";
        }
        left = said;
        first = true;
        return null;
    }

    @Override
    public boolean begun() {
        return stream != 0;
    }

    @Override
    public boolean proven() {
        return complete > 0;
    }

    @Override
    public long complete() {
        return complete;
    }

    @Override
    public boolean midway() {
        return left > 0 || lengthBytes > 0;
    }
}
