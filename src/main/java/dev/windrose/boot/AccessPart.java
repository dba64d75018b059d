package dev.windrose.boot;

import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Doorkeeper;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.table.Catalog;
import dev.windrose.model.Permission;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads {@code windrose.access}, and wires who is let in. */
final class AccessPart {

    static AccessSettings read(SettingsReader reader, boolean dev) {
        String hash = reader.text("break-glass-hash");
        if (!hash.isEmpty() && !hash.matches("[0-9a-f]{64}")) {
            throw reader.wrong("break-glass-hash", "64 hex digits, as `windrose key` prints them");
        }
        return new AccessSettings(dev, hash);
    }

    /** @param say prints one line for whoever started the node */
    static Authenticator start(
            AccessSettings settings, DataDir dataDir, Supplier<Catalog> catalog, Consumer<String> say) {
        if (settings.dev()) {
            say.accept("--dev: nobody is asked for a key, and everything listens on loopback only");
            return Authenticator.DEV;
        }
        Map<String, FixedKey> fixed = new HashMap<>();
        if (!settings.breakGlassHash().isEmpty()) {
            fixed.put(FixedKey.BREAK_GLASS, FixedKey.breakGlass(settings.breakGlassHash()));
        }
        BooleanSupplier noAdmin = () -> noAdmin(catalog.get());
        fixed.put(FixedKey.FIRST, FirstKey.open(dataDir, noAdmin, say));
        return new Doorkeeper(catalog, System::currentTimeMillis, fixed, Doorkeeper.Tokens.NONE);
    }

    private static boolean noAdmin(Catalog catalog) {
        return catalog.keys().values().stream().noneMatch(key -> key.principal().mayEverywhere(Permission.ADMINISTER));
    }

    private AccessPart() {}
}
