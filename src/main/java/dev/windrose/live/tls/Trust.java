package dev.windrose.live.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The trusted certificate authorities.
 *
 * @param authorities certificates at which a chain may end
 */
public record Trust(SSLContext context, List<X509Certificate> authorities) {

    /** Resumed sessions skip the certificate check; after this time a full handshake takes place. */
    private static final int SESSION_SECONDS = 300;

    private static final int SESSIONS_AT_MOST = 8192;

    public Trust {
        authorities = List.copyOf(authorities);
    }

    /** Those of the Java platform. */
    public static Trust platform() {
        try {
            return of(platformManagers());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** Those of the platform, and these. */
    static Trust platformAnd(List<X509Certificate> more) throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>(more);
        for (TrustManager manager : platformManagers()) {
            if (manager instanceof X509TrustManager x509) {
                all.addAll(Arrays.asList(x509.getAcceptedIssuers()));
            }
        }
        return only(all);
    }

    /** Only these. */
    public static Trust only(List<X509Certificate> authorities) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("ca-" + store.size(), authority);
            }
            return of(managers(store));
        } catch (IOException e) {
            throw new IllegalStateException("an empty store can always be made", e);
        }
    }

    private static TrustManager[] platformManagers() throws GeneralSecurityException {
        // Null means the platform's trust store.
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return factory.getTrustManagers();
    }

    private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Trust of(TrustManager[] managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
        context.getClientSessionContext().setSessionCacheSize(SESSIONS_AT_MOST);
        List<X509Certificate> authorities = new ArrayList<>();
        for (TrustManager manager : managers) {
            if (manager instanceof X509TrustManager x509) {
                authorities.addAll(Arrays.asList(x509.getAcceptedIssuers()));
            }
        }
        return new Trust(context, authorities);
    }
}
