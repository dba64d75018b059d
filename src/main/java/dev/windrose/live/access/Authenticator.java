package dev.windrose.live.access;

import dev.windrose.model.Principal;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** Identifies the caller. Safe for all threads, does not block, and never fails: an unknown caller has no principal. */
public interface Authenticator {

    /** Grants everything to everyone. For nodes that listen on loopback only. */
    Authenticator DEV = new Authenticator() {
        @Override
        public Principal identify(@Nullable String token, @Nullable X509Certificate certificate) {
            return Principal.DEV;
        }

        @Override
        public boolean asksNobody() {
            return true;
        }
    };

    /**
     * @param token of {@code Authorization: Bearer} or {@code X-Api-Key}; null when neither was given
     * @param certificate of the client, verified by the connection; null when it has none
     */
    Principal identify(@Nullable String token, @Nullable X509Certificate certificate);

    /** Whether authentication is off: then the node serves only requests meant for this machine. */
    default boolean asksNobody() {
        return false;
    }
}
