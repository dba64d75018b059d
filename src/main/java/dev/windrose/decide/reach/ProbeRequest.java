package dev.windrose.decide.reach;

import dev.windrose.model.HealthCheck;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request and destination of one check, built from an endpoint and a rule's check. A definition from which none can
 * be built is refused, and probes use nothing else: every accepted definition can therefore be probed.
 *
 * @param type the protocol: an endpoint that does not use HTTP states it by its scheme, whatever the rule's check is
 * @param encrypted whether it uses TLS
 * @param host to connect to, of the endpoint or the address of the check: a name, or an address without brackets and with its zone decoded
 * @param port to connect to, 1 to 65,535
 * @param serverName the name that the certificate must have, without a trailing dot
 * @param subject the service of a gRPC check or the name of a DNS check
 * @param address the request target of an HTTP check, with the endpoint's path before the check's own
 */
public record ProbeRequest(
        HealthCheck.Type type,
        boolean encrypted,
        String host,
        int port,
        String serverName,
        String subject,
        URI address) {

    /** No request can be built from this endpoint and check; the message says what to change. */
    public static final class Unaskable extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        Unaskable(String message) {
            super(message);
        }
    }

    private static final Set<String> OVER_TLS = Set.of("https", "grpcs", "tls");

    private static final int MAX_PORT = 65_535;
    private static final int MAX_PATH = 1024;
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    /** Characters that browsers escape in a path or a query, and that a request line may not contain. */
    private static final String ESCAPED = "\"<>^`{|}";

    /**
     * The request of a check.
     *
     * @throws Unaskable when none can be built
     */
    public static ProbeRequest of(URI endpoint, HealthCheck.Question question) {
        HealthCheck.Type type = type(endpoint, question.type());
        boolean encrypted = OVER_TLS.contains(scheme(endpoint)) || type == HealthCheck.Type.TLS;
        int given = question.port() > 0 ? question.port() : port(endpoint);
        int usual = type == HealthCheck.Type.DNS ? 53 : encrypted ? 443 : 80;
        HealthCheck.Request manner = question.request();
        String named = host(endpoint);
        String host = manner.address().isEmpty() ? named : name("health_check.address", unbracketed(manner.address()));
        if (type == HealthCheck.Type.DNS) {
            name("health_check.subject", question.subject());
        }
        return new ProbeRequest(
                type,
                encrypted,
                host,
                given > 0 ? given : usual,
                encrypted ? serverName(shown(type, question, named)) : named,
                question.subject(),
                address(endpoint, given, target(question.path())));
    }

    /**
     * The request of an existing check. Checks that earlier versions accepted and could send are sent as they did: a
     * target must not go down because this version is stricter with new definitions.
     *
     * @throws Unaskable when it could never be sent
     */
    public static ProbeRequest ofStored(URI endpoint, HealthCheck.Question question) {
        try {
            return of(endpoint, question);
        } catch (Unaskable e) {
            String path = question.path();
            int fragment = path.indexOf('#');
            boolean http = type(endpoint, question.type()) == HealthCheck.Type.HTTP;
            return of(
                    withoutOddPort(endpoint),
                    question.withPath(!http ? "/" : fragment < 0 ? path : path.substring(0, fragment)));
        }
    }

    /** An empty or 0 port meant the default one. */
    private static URI withoutOddPort(URI endpoint) {
        String authority = endpoint.getRawAuthority();
        if (authority == null || endpoint.getHost() == null || !(endpoint.getPort() == 0 || authority.endsWith(":"))) {
            return endpoint;
        }
        String query = endpoint.getRawQuery();
        return URI.create(endpoint.getScheme() + "://" + endpoint.getHost()
                + (endpoint.getRawPath() == null ? "" : endpoint.getRawPath())
                + (query == null ? "" : "?" + query));
    }

    /**
     * Checks that the endpoint can be connected to, whatever the check is.
     *
     * @throws Unaskable when not
     */
    public static void requireConnectable(URI endpoint) {
        host(endpoint);
        port(endpoint);
    }

    /** Host and port as a request names them: an address in brackets and without its zone, which means nothing to the server. */
    public String authority() {
        return address.getHost().replaceFirst("%[^]]*]$", "]") + (address.getPort() > 0 ? ":" + address.getPort() : "");
    }

    /** The name that the certificate must have. */
    private static String shown(HealthCheck.Type type, HealthCheck.Question question, String named) {
        HealthCheck.Request manner = question.request();
        if (!manner.sni().isEmpty()) {
            return manner.sni();
        }
        if (type == HealthCheck.Type.TLS && !question.subject().isEmpty()) {
            return question.subject();
        }
        String host = manner.host();
        int port = host.lastIndexOf(':');
        return host.isEmpty() ? named : unbracketed(port > host.lastIndexOf(']') ? host.substring(0, port) : host);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static HealthCheck.Type type(URI endpoint, HealthCheck.Type asked) {
        if (asked != HealthCheck.Type.HTTP) {
            return asked;
        }
        return switch (scheme(endpoint)) {
            case "tcp" -> HealthCheck.Type.TCP;
            case "tls" -> HealthCheck.Type.TLS;
            case "grpc", "grpcs" -> HealthCheck.Type.GRPC;
            case "dns" -> HealthCheck.Type.DNS;
            default -> HealthCheck.Type.HTTP;
        };
    }

    private static String scheme(URI endpoint) {
        return endpoint.getScheme() == null ? "" : endpoint.getScheme();
    }

    /** The port that the endpoint names; 0 when it names none. */
    private static int port(URI endpoint) {
        String authority = endpoint.getRawAuthority();
        int port = endpoint.getPort();
        if (port == 0 || port > MAX_PORT || (authority != null && authority.endsWith(":"))) {
            throw new Unaskable("endpoints: '" + endpoint + "' (expected: a port of 1 to 65535, or none and no colon)");
        }
        return Math.max(port, 0);
    }

    private static String host(URI endpoint) {
        String host = endpoint.getHost();
        if (host == null) {
            throw new Unaskable("endpoints: '" + endpoint
                    + "' (expected: a host name of letters, digits, '-' and '.', or an address; IPv6 in brackets)");
        }
        if (!host.startsWith("[")) {
            return name("endpoints", host);
        }
        String bare = host.substring(1, host.length() - 1);
        int zone = bare.indexOf('%');
        // RFC 6874 writes the percent sign before a zone as %25.
        boolean encoded = zone > 0 && bare.startsWith("%25", zone) && bare.length() > zone + 3;
        return encoded ? bare.substring(0, zone) + "%" + bare.substring(zone + 3) : bare;
    }

    /** A name that can be looked up, with a trailing dot or without. */
    private static String name(String field, String name) {
        String bare = bare(name);
        boolean labels = !bare.isEmpty();
        for (String label : bare.split("\\.", -1)) {
            labels &= !label.isEmpty() && label.length() <= MAX_LABEL;
        }
        if (!labels || bare.length() > MAX_NAME) {
            throw new Unaskable(field + ": '" + name + "' (expected: a name of at most " + MAX_NAME
                    + " characters, each part between dots 1 to " + MAX_LABEL + ")");
        }
        return name;
    }

    /** A name as TLS carries it. */
    private static String serverName(String name) {
        String bare = bare(name);
        if (bare.indexOf(':') >= 0) {
            return bare.replaceFirst("%.*", "");
        }
        try {
            if (!bare.isEmpty() && IDN.toASCII(bare, IDN.USE_STD3_ASCII_RULES).length() <= MAX_NAME) {
                return bare;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with values that are too long.
        }
        throw new Unaskable("health_check.subject: '" + name
                + "' (expected: for TLS, the host name in the certificate: letters, digits, '-' and '.')");
    }

    private static String bare(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static URI address(URI endpoint, int port, String target) {
        String host = endpoint.getHost();
        String scheme = OVER_TLS.contains(scheme(endpoint)) ? "https" : "http";
        String base = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        String path = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + target;
        String query = endpoint.getRawQuery();
        return URI.create(scheme + "://" + (host.startsWith("[") ? "[" + host(endpoint) + "]" : host)
                + (port > 0 ? ":" + port : "")
                + path
                + (query == null ? "" : (target.indexOf('?') < 0 ? "?" : "&") + query));
    }

    /**
     * A path of a check as it is sent, escaped as browsers do.
     *
     * @throws Unaskable when it is no path
     */
    public static String target(String path) {
        if (!path.startsWith("/") || path.length() > MAX_PATH) {
            throw new Unaskable("health_check_path: '" + path + "' (expected: / and at most 1023 characters more)");
        }
        StringBuilder sent = new StringBuilder(path.length());
        boolean query = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            String fault = fault(path, i);
            if (fault != null) {
                throw new Unaskable("health_check_path: " + fault);
            }
            query |= c == '?';
            if (ESCAPED.indexOf(c) >= 0 || (!query && (c == '[' || c == ']'))) {
                sent.append('%').append(hex(c));
            } else {
                sent.append(c);
            }
        }
        return sent.toString();
    }

    private static @Nullable String fault(String path, int at) {
        char c = path.charAt(at);
        if (c <= ' ' || c >= 127) {
            return "character " + (int) c + " (expected: printable ASCII, the rest %-encoded)";
        }
        if (c == '#') {
            return "'" + path + "' (expected: no #, because what follows it is never sent; write %23)";
        }
        if (c == '\\') {
            return "'" + path + "' (expected: no \\; write /, or %5C)";
        }
        boolean hex = at + 2 < path.length()
                && Character.digit(path.charAt(at + 1), 16) >= 0
                && Character.digit(path.charAt(at + 2), 16) >= 0;
        return c == '%' && !hex
                ? "'" + path + "' (expected: two hex digits after %; write %25 for a percent sign)"
                : null;
    }

    private static String hex(char c) {
        byte[] bytes = String.valueOf(c).getBytes(StandardCharsets.US_ASCII);
        return String.format("%02X", bytes[0]);
    }
}
