package dev.windrose.live.access;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import dev.windrose.decide.access.LocalNames;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Refuses cross-site browser requests to a node without authentication. */
public final class LocalRequests {

    /** Called by browsers for any page, on every node. */
    private static final Pattern BEACON = Pattern.compile("/api/v1/beacon(?:\\.js)?/?");

    /** Why the request is refused; null when it is accepted. */
    public static @Nullable String refusal(Authenticator access, HttpRequest request) {
        if (!access.asksNobody()) {
            return null;
        }
        String host = null;
        String origin = null;
        for (HttpHeader header : request.getHeaders()) {
            host = header.is("host") ? header.value() : host;
            origin = header.is("origin") ? header.value() : origin;
        }
        boolean beacon = BEACON.matcher(request.getUri().path()).matches();
        String refusal = LocalNames.refusal(host, beacon ? null : origin);
        if (refusal != null) {
            return refusal;
        }
        // The request target may be an absolute URI, which takes precedence over the header.
        String address = request.getUri().getHost().address();
        return LocalNames.refusal(address.indexOf(':') < 0 ? address : "[" + address + "]", null);
    }

    private LocalRequests() {}
}
