package dev.windrose.live.audit;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import dev.windrose.decide.audit.AuditEvent;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** What the audit records of a request: its origin, its target, and the id in the response. */
public final class RequestDetails {

    /** The header of the id. */
    public static final String ID = "X-Request-Id";

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int PATH_AT_MOST = 256;

    private final String prefix;
    private final AtomicLong number = new AtomicLong();

    public RequestDetails() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        this.prefix = HexFormat.of().formatHex(random) + "-";
    }

    /** The client's own id if it is valid, else the next of this node. */
    public String id(HttpRequest request) {
        String given = request.getHeader(ID).map(HttpHeader::value).orElse("");
        return ALLOWED.matcher(given).matches() ? given : prefix + number.incrementAndGet();
    }

    /**
     * One entry about it.
     *
     * @param what the changed definition, or empty
     */
    public static AuditEvent event(
            HttpRequest request,
            String who,
            String id,
            int status,
            String what,
            Map<String, String> before,
            Map<String, String> after,
            String why) {
        String path = request.getUri().path();
        return new AuditEvent(
                System.currentTimeMillis(),
                who,
                from(request),
                id,
                request.method().name(),
                path.length() <= PATH_AT_MOST ? path : path.substring(0, PATH_AT_MOST),
                status,
                what,
                before,
                after,
                why,
                1);
    }

    private static String from(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(RemoteAddress::getAddress)
                .map(InetAddress::getHostAddress)
                .orElse("");
    }
}
