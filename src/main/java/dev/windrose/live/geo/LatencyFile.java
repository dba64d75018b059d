package dev.windrose.live.geo;

import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.live.disk.ChecksummedFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latency map of a node on disk.
 *
 * <p>A header line {@code windrose-latency 1 CRC32C LENGTH} and then the places, with numbers in the format of Java's
 * data streams: a hundred thousand places by eight regions take 17 MB. Written to a temporary file, forced to disk and
 * renamed, so that a crash at any moment leaves a complete file. Blocks.
 */
final class LatencyFile {

    private static final ChecksummedFile FILE = new ChecksummedFile("windrose-latency 1");

    /**
     * The content of the file.
     *
     * @param savedAtEpochMs wall clock when it was written
     */
    record Loaded(long savedAtEpochMs, List<LatencyMap.Place> places) {
        Loaded {
            places = List.copyOf(places);
        }
    }

    private final Path path;

    LatencyFile(Path directory) {
        this.path = directory.resolve("latency.map");
    }

    /**
     * Reads the file; empty when there is none.
     *
     * @param atMost places to read; those with the most traffic come first
     * @throws IOException when it cannot be read, or is damaged
     */
    Loaded load(int atMost) throws IOException {
        if (!Files.exists(path)) {
            return new Loaded(0, List.of());
        }
        return read(new DataInputStream(new ByteArrayInputStream(FILE.read(path))), atMost);
    }

    private static Loaded read(DataInputStream in, int atMost) throws IOException {
        long savedAt = in.readLong();
        List<String> regions = new ArrayList<>();
        int many = in.readInt();
        if (many > RegionNumbers.AT_MOST) {
            throw new IOException("regions: " + many + " (expected: at most " + RegionNumbers.AT_MOST + ")");
        }
        for (int i = 0; i < many; i++) {
            regions.add(in.readUTF());
        }
        List<LatencyMap.Place> places = new ArrayList<>();
        int count = Math.min(atMost, in.readInt());
        for (int i = 0; i < count; i++) {
            String place = in.readUTF();
            String within = in.readUTF();
            float weight = in.readFloat();
            List<LatencyMap.Leg> legs = new ArrayList<>();
            int to = in.readByte();
            for (int j = 0; j < to; j++) {
                legs.add(new LatencyMap.Leg(
                        regions.get(in.readByte()), in.readFloat(), in.readFloat(), in.readFloat(), in.readInt()));
            }
            places.add(new LatencyMap.Place(place, within, weight, legs));
        }
        return new Loaded(savedAt, places);
    }

    void save(List<LatencyMap.Place> places, long epochMs) throws IOException {
        ChecksummedFile.put(FILE.write(path, body(places, epochMs)), path);
    }

    private static byte[] body(List<LatencyMap.Place> places, long epochMs) throws IOException {
        Map<String, Integer> regions = new LinkedHashMap<>();
        places.forEach(place -> place.legs().forEach(leg -> regions.putIfAbsent(leg.region(), regions.size())));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(epochMs);
        out.writeInt(regions.size());
        for (String region : regions.keySet()) {
            out.writeUTF(region);
        }
        out.writeInt(places.size());
        for (LatencyMap.Place place : places) {
            out.writeUTF(place.place());
            out.writeUTF(place.within());
            out.writeFloat((float) place.weight());
            out.writeByte(place.legs().size());
            for (LatencyMap.Leg leg : place.legs()) {
                out.writeByte(regions.getOrDefault(leg.region(), 0));
                out.writeFloat((float) leg.meanMs());
                out.writeFloat((float) leg.spreadMs());
                out.writeFloat((float) leg.samples());
                out.writeInt((int) leg.ageSeconds());
            }
        }
        return bytes.toByteArray();
    }
}
