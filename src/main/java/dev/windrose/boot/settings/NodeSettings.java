package dev.windrose.boot.settings;

import dev.windrose.live.listen.GuardLimits;
import dev.windrose.model.RegionId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings under {@code windrose.node}; meanings and ranges are in {@code windrose/node.conf}.
 *
 * @param regions all regions, this one included and first named first
 * @param seeds host:port of nodes to join; empty when this node is alone
 * @param guard limits of the cluster port
 */
public record NodeSettings(
        RegionId region,
        Path dataDir,
        List<RegionId> regions,
        List<String> seeds,
        String host,
        int port,
        boolean join,
        boolean found,
        Duration restartAfter,
        Duration restartAfterAtMost,
        double restartJitter,
        Duration recoveredAfter,
        Duration evictAfter,
        Duration clockAlarmBeyond,
        Duration clockRefuseBeyond,
        Duration stopNotice,
        Duration stopDrain,
        Duration stopLeave,
        GuardLimits guard) {

    public static final Section<NodeSettings> NODE = new Section<>("node", "windrose.node", NodeSettings::read);

    /** Nodes speak first, and at once; a lost packet takes seconds. */
    private static final Duration BEGINS_WITHIN = Duration.ofSeconds(10);

    /** A frame has 256 KiB at most, and those of large messages 2 MiB. */
    private static final Duration FRAME_WITHIN = Duration.ofSeconds(60);

    public NodeSettings {
        regions = List.copyOf(regions);
        seeds = List.copyOf(seeds);
    }

    private static NodeSettings read(SettingsReader reader) {
        RegionId region = reader.region("region");
        List<RegionId> regions = reader.regions("regions");
        if (regions.isEmpty()) {
            regions = List.of(region);
        } else if (!regions.contains(region)) {
            throw reader.wrong("regions", "a list that contains this node's region, " + region);
        } else if (regions.size() > 64 || regions.stream().distinct().count() != regions.size()) {
            throw reader.wrong("regions", "1 to 64 names, each once");
        }
        List<String> seeds = reader.texts("seeds");
        if (seeds.size() > 256 || !seeds.stream().allMatch(NodeSettings::isHostAndPort)) {
            throw reader.wrong("seeds", "0 to 256 of host:port, such as 127.0.0.1:25519");
        }
        String host = Loopback.host(reader, TlsSection.NODE);
        Duration restartAfter = reader.time("restart-after", Duration.ofMillis(100), Duration.ofMinutes(1));
        Duration atMost = reader.time("restart-after-at-most", Duration.ofSeconds(1), Duration.ofMinutes(10));
        if (atMost.compareTo(restartAfter) < 0) {
            throw reader.wrong("restart-after-at-most", "at least restart-after, " + SettingsReader.said(restartAfter));
        }
        Duration alarmBeyond = reader.time("clock-alarm-beyond", Duration.ofMillis(100), Duration.ofMinutes(1));
        Duration refuseBeyond = reader.time("clock-refuse-beyond", Duration.ofSeconds(1), Duration.ofMinutes(10));
        if (refuseBeyond.compareTo(alarmBeyond) < 0) {
            throw reader.wrong(
                    "clock-refuse-beyond", "at least clock-alarm-beyond, " + SettingsReader.said(alarmBeyond));
        }
        return new NodeSettings(
                region,
                Path.of(reader.text("data-dir")),
                regions,
                seeds,
                host,
                reader.number("port", 0, 65535),
                reader.flag("join"),
                reader.flag("found"),
                restartAfter,
                atMost,
                reader.fraction("restart-jitter", 0, 1),
                reader.time("recovered-after", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.timeOrNever("evict-after", Duration.ofSeconds(10), Duration.ofDays(7)),
                alarmBeyond,
                refuseBeyond,
                reader.time("stop-notice", Duration.ZERO, Duration.ofSeconds(10)),
                reader.time("stop-drain", Duration.ZERO, Duration.ofSeconds(10)),
                reader.time("stop-leave", Duration.ZERO, Duration.ofSeconds(15)),
                new GuardLimits(
                        reader.number("connections", 16, 100_000),
                        reader.number("connections-per-address", 4, 100_000),
                        BEGINS_WITHIN,
                        FRAME_WITHIN));
    }

    private static boolean isHostAndPort(String seed) {
        return seed.matches("[A-Za-z0-9._-]{1,253}:[0-9]{1,5}");
    }
}
