package dev.windrose.live.listen;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Validates the visible part of traffic between nodes over TLS: first a ClientHello, then records of valid types and
 * lengths. A peer without a certificate never gets as far as an accepted record of application data.
 */
final class TlsRecords implements PreambleCheck {

    private static final int CHANGE_CIPHER = 20;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION = 23;
    private static final int MAJOR = 3;
    private static final int HEADER = 5;
    private static final int CLIENT_HELLO = 1;

    /** The maximum length of an encrypted record in TLS 1.2. */
    private static final int LONGEST = 16_384 + 2048;

    private int headerBytes = 0;
    private int kind = 0;
    private int length = 0;
    private int left = 0;
    private boolean begun = false;
    private boolean proven = false;
    private long complete = 0;

    @Override
    public @Nullable String look(ByteBuffer bytes) {
        int at = bytes.position();
        while (at < bytes.limit()) {
            if (left > 0) {
                if (!begun && bytes.get(at) != CLIENT_HELLO) {
                    return "not a TLS ClientHello";
                }
                begun = true;
                int there = Math.min(left, bytes.limit() - at);
                left -= there;
                at += there;
                proven |= left == 0 && kind == APPLICATION;
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
        headerBytes++;
        switch (headerBytes) {
            case 1 -> {
                kind = next;
                length = 0;
                if (begun ? next < CHANGE_CIPHER || next > APPLICATION : next != HANDSHAKE) {
                    return "not TLS";
                }
            }
            case 2 -> {
                if (next != MAJOR) {
                    return "not TLS";
                }
            }
            case 3 -> {
                // The version field contains what middleboxes expect.
            }
            case 4 -> length = next << 8;
            default -> {
                length |= next;
                headerBytes = 0;
                if (length == 0 || length > LONGEST) {
                    return "a record of invalid length";
                }
                left = length;
            }
        }
        return null;
    }

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public boolean proven() {
        return proven;
    }

    @Override
    public long complete() {
        return complete;
    }

    @Override
    public boolean midway() {
        return left > 0 || (headerBytes > 0 && headerBytes < HEADER);
    }
}
