package dev.windrose.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Which Windrose this is, as the jar says. */
final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"windrose " + number() + ", Java " + Runtime.version()};
    }

    static String number() {
        @Nullable String version = Windrose.class.getPackage().getImplementationVersion();
        return version == null ? "0-unpackaged" : version;
    }
}
