package dev.windrose.boot.part;

import com.typesafe.config.Config;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TlsSection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The configurations of the two actor systems. */
public final class AkkaConfigs {

    public static Config data(Settings settings) {
        return settings.akka("windrose/akka-data.conf", Map.of());
    }

    public static Config control(Settings settings) {
        NodeSettings node = settings.node();
        Map<String, Object> own = new HashMap<>();
        own.put("akka.remote.artery.canonical.hostname", node.host());
        own.put("akka.remote.artery.canonical.port", node.port());
        own.put("akka.cluster.multi-data-center.self-data-center", node.region().value());
        own.put("akka.cluster.split-brain-resolver.lease-majority.lease-name", "members-of-" + node.region());
        if (settings.of(TlsSection.NODE).orElse(null) != null) {
            own.put("akka.remote.artery.transport", "tls-tcp");
        }
        return settings.akka("windrose/akka-control.conf", own);
    }

    /** The minimum time after which another node can have downed a paused one. */
    static Duration takenForGoneAfter(Settings settings) {
        Config cluster = control(settings).getConfig("akka.cluster");
        return cluster.getDuration("failure-detector.acceptable-heartbeat-pause")
                .plus(cluster.getDuration("split-brain-resolver.stable-after"));
    }

    private AkkaConfigs() {}
}
