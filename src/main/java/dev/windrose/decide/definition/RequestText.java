package dev.windrose.decide.definition;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Identifier;
import dev.windrose.model.StatusSet;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The request of a check, as part of the text that {@link CheckText} parses. */
public final class RequestText {

    /** Maximum characters of all header names and values together. */
    public static final int HEADERS_LENGTH = 2048;

    private static final String PORT = "(:(?!0)[0-9]{1,5})?";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})");
    private static final Pattern HOST = Pattern.compile(NAME + PORT);
    private static final Pattern HOST_6 = Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}\\])" + PORT);
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern SERVER_NAME = Pattern.compile("(?=.*[A-Za-z])" + LABEL + "(\\." + LABEL + ")*");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]{0,1022}[!-~])?");

    /** Headers that control the transport of the message. */
    private static final Set<String> NOT_HEADERS = Set.of(
            "host",
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "expect",
            "http2-settings");

    /** @param range whether the text gives a range of good statuses, which replaces an inherited list */
    static HealthCheck.Request read(MapText keys, HealthCheck.Request from, boolean range) {
        String headers = keys.text("headers", encoded(from.headers()));
        StatusSet inherited = range ? StatusSet.NONE : from.goodStatuses();
        return new HealthCheck.Request(
                method(keys, from.method()),
                host(keys.name("host"), keys.text("host", from.host())),
                serverName(keys.name("sni"), keys.text("sni", from.sni())),
                headers(keys.name("headers"), decoded(headers)),
                statuses(keys.name("good_statuses"), keys.text("good_statuses", inherited.toString())),
                address(keys.name("address"), keys.text("check_address", keys.text("address", from.address()))),
                authorities(keys.name("ca"), keys.text("ca", from.ca())),
                keys.flag("fresh_connection", from.freshConnection()),
                keys.flag("each_address", from.eachAddress()),
                keys.number("good_addresses", from.goodAddresses(), 0, 1));
    }

    static Map<String, String> values(HealthCheck.Request request) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("method", request.method().name());
        values.put("host", request.host());
        values.put("sni", request.sni());
        values.put("headers", encoded(request.headers()));
        values.put("good_statuses", request.goodStatuses().toString());
        values.put("address", request.address());
        values.put("ca", request.ca());
        values.put("fresh_connection", Boolean.toString(request.freshConnection()));
        values.put("each_address", Boolean.toString(request.eachAddress()));
        values.put("good_addresses", Double.toString(request.goodAddresses()));
        return values;
    }

    private static HealthCheck.Method method(MapText keys, HealthCheck.Method unset) {
        String text = keys.text("method", unset.name());
        for (HealthCheck.Method method : HealthCheck.Method.values()) {
            if (method.name().equals(text)) {
                return method;
            }
        }
        throw new IllegalArgumentException(
                keys.name("method") + ": '" + text + "' (expected: GET, HEAD, OPTIONS or POST)");
    }

    private static String host(String field, String text) {
        boolean six = HOST_6.matcher(text).matches() && Prefix.address(bare(text)) != null;
        int colon = text.lastIndexOf(':');
        boolean port =
                colon < 0 || text.endsWith("]") || Integer.parseInt("0" + digits(text.substring(colon))) <= 65_535;
        if (text.isEmpty() || ((six || HOST.matcher(text).matches()) && port)) {
            return text;
        }
        throw new IllegalArgumentException(field + ": '" + text + "' (expected: HOST or HOST:PORT)");
    }

    private static String digits(String text) {
        return text.matches(":[0-9]{1,5}") ? text.substring(1) : "99999";
    }

    /** The name or address in the text of a host, without brackets and port. */
    private static String bare(String host) {
        return host.substring(1, host.indexOf(']'));
    }

    private static String serverName(String field, String text) {
        if (text.isEmpty() || (text.length() <= 253 && SERVER_NAME.matcher(text).matches())) {
            return text;
        }
        throw new IllegalArgumentException(field + ": '" + text
                + "' (expected: a host name of letters, digits and hyphens, such as shop.example)");
    }

    private static String address(String field, String text) {
        boolean number = text.indexOf(':') >= 0;
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        boolean fine =
                number ? Prefix.address(bare) != null : NAME.matcher(text).matches() && !isOddNumber(text);
        if (text.isEmpty() || fine) {
            return bare;
        }
        throw new IllegalArgumentException(field + ": '" + text + "' (expected: a host name or an IP address)");
    }

    /**
     * A host that ends in a number is an address, not a name, and resolvers parse other forms than four decimals
     * differently.
     */
    private static boolean isOddNumber(String text) {
        String last = text.substring(text.lastIndexOf('.', text.length() - 2) + 1);
        return last.matches("(0[xX][0-9A-Fa-f]*|[0-9]+)\\.?") && Prefix.address(text) == null;
    }

    private static String authorities(String field, String text) {
        return text.isEmpty() ? text : Identifier.require(field, text);
    }

    private static StatusSet statuses(String field, String text) {
        try {
            return StatusSet.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    /**
     * Headers that a check may send.
     *
     * @throws IllegalArgumentException for another one
     */
    static Map<String, String> headers(String field, Map<String, String> headers) {
        if (headers.size() > HealthCheck.Request.HEADERS_AT_MOST) {
            throw new IllegalArgumentException(field + ": " + headers.size() + " (expected: at most "
                    + HealthCheck.Request.HEADERS_AT_MOST + " headers)");
        }
        Map<String, String> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int length = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey();
            if (!HEADER.matcher(name).matches() || known.put(name, "") != null) {
                throw new IllegalArgumentException(field + ": name '" + name
                        + "' (expected: 1 to 64 letters, digits and hyphens, each name once)");
            }
            if (NOT_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        field + ": '" + name + "' (expected: no hop-by-hop or framing header; the key host sets Host)");
            }
            if (!HEADER_VALUE.matcher(header.getValue()).matches()) {
                throw new IllegalArgumentException(
                        field + "." + name
                                + ": invalid value (expected: 1 to 1024 printable ASCII characters, without leading or trailing spaces)");
            }
            length += name.length() + header.getValue().length();
        }
        if (length > HEADERS_LENGTH) {
            throw new IllegalArgumentException(
                    field + ": " + length + " characters (expected: at most " + HEADERS_LENGTH + " in total)");
        }
        return headers;
    }

    /** Headers encoded as one word. */
    public static String encoded(Map<String, String> headers) {
        StringJoiner lines = new StringJoiner("\n");
        new TreeMap<>(headers).forEach((name, value) -> lines.add(name + ":" + value));
        return URLEncoder.encode(lines.toString(), StandardCharsets.UTF_8);
    }

    /** The inverse of {@link #encoded}. */
    public static Map<String, String> decoded(String text) {
        Map<String, String> headers = new TreeMap<>();
        for (String line : URLDecoder.decode(text, StandardCharsets.UTF_8).split("\n", -1)) {
            int colon = line.indexOf(':');
            if (!line.isEmpty()) {
                headers.put(colon < 0 ? line : line.substring(0, colon), colon < 0 ? "" : line.substring(colon + 1));
            }
        }
        return headers;
    }

    private RequestText() {}
}
