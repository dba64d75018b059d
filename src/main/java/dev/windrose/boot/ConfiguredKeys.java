package dev.windrose.boot;

import dev.windrose.decide.access.KeyText;
import dev.windrose.live.access.FixedKey;
import java.security.SecureRandom;

/** Creates keys for use in settings. */
public final class ConfiguredKeys {

    /** A key, and its hash as stored by a node. */
    public record Made(String key, String hash) {}

    public static Made breakGlass() {
        byte[] random = new byte[KeyText.SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        KeyText key = KeyText.of(FixedKey.BREAK_GLASS, random);
        return new Made(key.text(), key.hash());
    }

    private ConfiguredKeys() {}
}
