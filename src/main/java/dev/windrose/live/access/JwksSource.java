package dev.windrose.live.access;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.windrose.decide.access.LocalNames;
import dev.windrose.live.reach.HttpGet;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Fetches an issuer's keys from the URL in the settings, or in the issuer's own configuration document. */
public final class JwksSource implements JwksCache.Source {

    private static final String CONFIGURATION = "/.well-known/openid-configuration";

    private final OidcSettings settings;
    private final HttpGet get;

    public JwksSource(OidcSettings settings, HttpGet get) {
        this.settings = settings;
        this.get = get;
    }

    @Override
    public CompletableFuture<byte[]> fetch() {
        URI url = settings.jwksUrl();
        if (url != null) {
            return get.get(url);
        }
        String issuer = settings.issuer();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        URI configuration = URI.create(base + CONFIGURATION);
        return get.get(configuration).thenCompose(document -> get.get(told(configuration, document)));
    }

    /** Keys fetched without TLS can be forged: anyone on the path could sign admin tokens. */
    private static boolean mayBeAsked(URI configuration, URI keys) {
        boolean onlyHere = "http".equals(configuration.getScheme())
                && "http".equals(keys.getScheme())
                && keys.getRawAuthority() != null
                && LocalNames.isLocal(keys.getRawAuthority());
        return keys.getHost() != null && ("https".equals(keys.getScheme()) || onlyHere);
    }

    private URI told(URI configuration, byte[] document) {
        String issuer = settings.issuer();
        try {
            Map<String, Object> json = JSONObjectUtils.parse(new String(document, StandardCharsets.UTF_8));
            if (!issuer.equals(JSONObjectUtils.getString(json, "issuer"))) {
                throw new IOException("issuer: its configuration names another issuer (expected: " + issuer + ")");
            }
            String url = JSONObjectUtils.getString(json, "jwks_uri");
            if (url == null) {
                throw new IOException("jwks_uri: missing in the issuer's configuration");
            }
            URI keys = URI.create(url);
            if (!mayBeAsked(configuration, keys)) {
                throw new IOException("jwks_uri: '" + url + "' in the issuer's configuration (expected: https)");
            }
            return keys;
        } catch (ParseException | IllegalArgumentException e) {
            throw new CompletionException(new IOException("issuer: no readable configuration at " + configuration, e));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
