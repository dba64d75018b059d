package dev.windrose.live.access;

import dev.windrose.model.Principal;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** Says who calls. Safe for all threads, waits for nothing, and never fails: who is not known is nobody. */
public interface Authenticator {

    /** Everybody may do everything. For nodes that listen on loopback only. */
    Authenticator DEV = (token, certificate) -> Principal.DEV;

    /**
     * @param token of {@code Authorization: Bearer} or {@code X-Api-Key}; null when neither was given
     * @param certificate of the client, verified by the connection; null when it has none
     */
    Principal identify(@Nullable String token, @Nullable X509Certificate certificate);
}
