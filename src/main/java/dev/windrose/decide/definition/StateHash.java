package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A hash over all definitions: equal exactly when the same changes of the same definitions were received. */
public final class StateHash {

    /** 64 hex digits; covers everything ever received, removed definitions included. */
    public static String of(Map<DefinitionKey, DefinitionState> states) {
        MessageDigest digest = sha256();
        new TreeMap<>(states).forEach((key, state) -> {
            if (!state.equals(DefinitionState.EMPTY)) {
                digest.update((key.entityId() + " " + state.revision() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private StateHash() {}
}
