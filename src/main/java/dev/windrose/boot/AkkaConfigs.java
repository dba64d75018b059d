package dev.windrose.boot;

import com.typesafe.config.Config;
import java.util.HashMap;
import java.util.Map;

/** The configurations of the two actor systems. */
final class AkkaConfigs {

    static Config data(Settings settings) {
        return settings.akka("windrose/akka-data.conf", Map.of());
    }

    /**
     * The configuration of the control plane.
     *
     * @param patient the first seed founds only after every other seed has said that it is in no cluster
     */
    static Config control(Settings settings, boolean patient) {
        NodeSettings node = settings.node();
        Map<String, Object> own = new HashMap<>();
        own.put("akka.remote.artery.canonical.hostname", node.host());
        own.put("akka.remote.artery.canonical.port", node.port());
        own.put("akka.cluster.multi-data-center.self-data-center", node.region().value());
        own.put("akka.cluster.split-brain-resolver.lease-majority.lease-name", "members-of-" + node.region());
        if (settings.nodeTls() != null) {
            own.put("akka.remote.artery.transport", "tls-tcp");
        }
        if (patient) {
            own.put("akka.cluster.seed-node-timeout", "3650d");
        }
        return settings.akka("windrose/akka-control.conf", own);
    }

    private AkkaConfigs() {}
}
