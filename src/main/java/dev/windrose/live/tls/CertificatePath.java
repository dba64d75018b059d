package dev.windrose.live.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The path from a server's certificate to an authority, among all certificates that the server sends. */
public final class CertificatePath {

    /** Further certificates are ignored: there would be too many combinations to try. */
    private static final int SENT_AT_MOST = 10;

    /**
     * Until when some path is valid.
     *
     * @param sent by the server, its own first; unneeded ones are ignored
     * @param until the requested time
     * @return null when a path is valid now and at {@code until}; otherwise the end of the currently valid one, which
     *     is {@code now} when there is none
     */
    public static @Nullable Instant trustedUntil(
            List<X509Certificate> sent, List<X509Certificate> authorities, Instant now, Instant until) {
        if (path(sent, authorities, until) != null) {
            return null;
        }
        List<? extends Certificate> path = path(sent, authorities, now);
        Instant end = path == null ? now : until;
        if (path != null) {
            for (Certificate certificate : path) {
                Instant ends = ((X509Certificate) certificate).getNotAfter().toInstant();
                end = ends.isBefore(end) ? ends : end;
            }
        }
        return end;
    }

    private static @Nullable List<? extends Certificate> path(
            List<X509Certificate> sent, List<X509Certificate> authorities, Instant at) {
        if (sent.isEmpty() || authorities.isEmpty()) {
            return null;
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
        if (authorities.contains(sent.get(0))) {
            // A server's own certificate among the authorities needs no path, but its dates are those of its path.
            X509Certificate own = sent.get(0);
            boolean good = !at.isBefore(own.getNotBefore().toInstant())
                    && !at.isAfter(own.getNotAfter().toInstant());
            return good ? List.of(own) : null;
        }
        X509CertSelector selector = new X509CertSelector();
        selector.setCertificate(sent.get(0));
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, selector);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            parameters.addCertStore(CertStore.getInstance(
                    "Collection",
                    new CollectionCertStoreParameters(sent.subList(0, Math.min(SENT_AT_MOST, sent.size())))));
            PKIXCertPathBuilderResult built = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            return built.getCertPath().getCertificates();
        } catch (CertPathBuilderException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has PKIX", e);
        }
    }

    private CertificatePath() {}
}
