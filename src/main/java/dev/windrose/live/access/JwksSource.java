package dev.windrose.live.access;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.windrose.live.reach.HttpGet;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;

/** Fetches an issuer's keys from where the settings, or the issuer's own configuration, say. */
public final class JwksSource implements JwksCache.Source {

    private static final String CONFIGURATION = "/.well-known/openid-configuration";

    private final OidcSettings settings;
    private final HttpGet get;

    public JwksSource(OidcSettings settings, HttpGet get) {
        this.settings = settings;
        this.get = get;
    }

    @Override
    public byte[] fetch() throws IOException {
        URI url = settings.jwksUrl();
        return get.get(url == null ? told() : url);
    }

    private URI told() throws IOException {
        String issuer = settings.issuer();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        try {
            byte[] document = get.get(URI.create(base + CONFIGURATION));
            Map<String, Object> json = JSONObjectUtils.parse(new String(document, StandardCharsets.UTF_8));
            if (!issuer.equals(JSONObjectUtils.getString(json, "issuer"))) {
                throw new IOException("issuer: another one in its configuration (expected: " + issuer + ")");
            }
            String url = JSONObjectUtils.getString(json, "jwks_uri");
            if (url == null) {
                throw new IOException("jwks_uri: missing in the issuer's configuration");
            }
            return URI.create(url);
        } catch (ParseException | IllegalArgumentException e) {
            throw new IOException("issuer: no configuration to read at " + base + CONFIGURATION, e);
        }
    }
}
