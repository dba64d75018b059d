package dev.windrose.live.wire;

import java.util.List;

/**
 * The wire names of classes that have been renamed since version 1 wrote them. All other classes use their own names.
 */
final class WireNames {

    /** The first match counts. */
    private static final List<Renamed> RENAMED = List.of(
            new Renamed("dev.windrose.live.member.Joining$", "dev.windrose.live.member.ClusterJoin$"),
            new Renamed("dev.windrose.decide.rule.RuleState", "dev.windrose.decide.definition.DefinitionState"),
            new Renamed("dev.windrose.decide.rule.", "dev.windrose.decide.definition."),
            new Renamed("dev.windrose.live.rule.", "dev.windrose.live.definition."));

    private WireNames() {}

    static String ofClass(String className) {
        for (Renamed renamed : RENAMED) {
            if (className.startsWith(renamed.now)) {
                return renamed.wire + className.substring(renamed.now.length());
            }
        }
        return className;
    }

    static String toClass(String wireName) {
        for (Renamed renamed : RENAMED) {
            if (wireName.startsWith(renamed.wire)) {
                return renamed.now + wireName.substring(renamed.wire.length());
            }
        }
        return wireName;
    }

    /** A class, or all classes of a package, by name prefixes. */
    private record Renamed(String wire, String now) {}
}
