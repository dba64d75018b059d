package dev.windrose.live.geo;

import dev.windrose.decide.geo.AddressRanges;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of a database in the MaxMind format, version 2: its metadata, and the position of its sections. */
final class MmdbFile {

    private static final byte[] MARKER = "\u00AB\u00CD\u00EFMaxMind.com".getBytes(StandardCharsets.ISO_8859_1);

    /** Zeros between the search tree and the data. */
    private static final int SEPARATOR = 16;

    private static final int METADATA_AT_MOST = 128 * 1024;
    private static final int MAJOR_VERSION = 2;

    private final ByteBuffer bytes;
    private final int nodes;
    private final int recordBits;
    private final int ipVersion;
    private final long built;
    private final String type;
    private final int nodeBytes;
    private final int dataFrom;
    private final int dataTo;

    /**
     * Finds the parts.
     *
     * @throws IllegalArgumentException when they are inconsistent
     */
    MmdbFile(ByteBuffer bytes) {
        this.bytes = bytes;
        int metadata = metadata(bytes);
        MmdbValues values = new MmdbValues(bytes, metadata, bytes.limit());
        values.check(metadata);
        long major = values.number(metadata, "binary_format_major_version", 0xFFFF);
        values.number(metadata, "binary_format_minor_version", 0xFFFF);
        recordBits = (int) values.number(metadata, "record_size", 0xFFFF);
        ipVersion = (int) values.number(metadata, "ip_version", 0xFFFF);
        nodes = (int) values.number(metadata, "node_count", Integer.MAX_VALUE);
        built = values.number(metadata, "build_epoch", 1L << 40);
        type = values.text(metadata, "database_type");
        nodeBytes = recordBits / 4;
        require(major == MAJOR_VERSION, "binary_format_major_version: " + major + " (expected: 2)");
        require(
                recordBits == 24 || recordBits == 28 || recordBits == 32,
                "record_size: " + recordBits + " (expected: 24, 28 or 32)");
        require(ipVersion == 4 || ipVersion == 6, "ip_version: " + ipVersion + " (expected: 4 or 6)");
        dataTo = metadata - MARKER.length;
        long tree = (long) nodes * nodeBytes;
        require(
                nodes > 0 && tree + SEPARATOR <= dataTo,
                "node_count: " + nodes + " (expected: 1 to " + Math.max(0, (dataTo - SEPARATOR) / nodeBytes)
                        + ", as many as fit in the file)");
        dataFrom = (int) tree + SEPARATOR;
        for (int i = dataFrom - SEPARATOR; i < dataFrom; i++) {
            require(bytes.get(i) == 0, "node_count: " + nodes + " (expected: 16 zeros after so many nodes)");
        }
    }

    /** Where the metadata begin, behind the last marker. */
    private static int metadata(ByteBuffer bytes) {
        int last = bytes.limit() - MARKER.length;
        for (int at = last; at >= 0 && at > bytes.limit() - METADATA_AT_MOST; at--) {
            if (isMarker(bytes, at)) {
                return at + MARKER.length;
            }
        }
        boolean gzip = bytes.limit() > 2 && bytes.get(0) == 0x1F && bytes.get(1) == (byte) 0x8B;
        throw new IllegalArgumentException(
                gzip
                        ? "it is compressed (expected: the database itself, unpacked)"
                        : "it has no metadata (expected: a database in the MaxMind format)");
    }

    private static boolean isMarker(ByteBuffer bytes, int at) {
        for (int i = 0; i < MARKER.length; i++) {
            if (bytes.get(at + i) != MARKER[i]) {
                return false;
            }
        }
        return true;
    }

    private static void require(boolean met, String message) {
        if (!met) {
            throw new IllegalArgumentException(message);
        }
    }

    int nodes() {
        return nodes;
    }

    boolean hasIpv6() {
        return ipVersion == 6;
    }

    /** When it was built, in seconds since 1970. */
    long built() {
        return built;
    }

    /** Its type as named by its producer; any text. */
    String type() {
        return type;
    }

    /** Where the data begin. */
    int dataFrom() {
        return dataFrom;
    }

    int dataBytes() {
        return dataTo - dataFrom;
    }

    /** The values of the data. */
    MmdbValues data() {
        return new MmdbValues(bytes, dataFrom, dataTo);
    }

    /** The record of a node for the next bit 0 or 1: the number of another node, or something beyond the nodes. */
    long record(int node, int bit) {
        int at = node * nodeBytes;
        return switch (recordBits) {
            case 24 -> bits24(at + 3 * bit);
            case 28 -> {
                int middle = bytes.get(at + 3) & 0xFF;
                yield (bit == 0 ? middle >>> 4 : middle & 0xF) << 24 | bits24(at + 4 * bit);
            }
            default -> bytes.getInt(at + 4 * bit) & 0xFFFF_FFFFL;
        };
    }

    private int bits24(int at) {
        return (bytes.get(at) & 0xFF) << 16 | (bytes.get(at + 1) & 0xFF) << 8 | (bytes.get(at + 2) & 0xFF);
    }

    /**
     * The position in the data section for a record beyond the nodes.
     *
     * @return {@link AddressRanges#NONE} when the record means "no data"
     * @throws IllegalArgumentException when it points elsewhere
     */
    int data(long record) {
        if (record == nodes) {
            return AddressRanges.NONE;
        }
        long first = (long) nodes + SEPARATOR;
        require(
                record >= first && record < first + dataBytes(),
                "search tree: leads to " + record + " (expected: at most " + nodes + ", or " + first + " to "
                        + (first + dataBytes() - 1) + ")");
        return (int) (record - first);
    }
}
