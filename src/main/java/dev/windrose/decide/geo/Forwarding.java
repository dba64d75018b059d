package dev.windrose.decide.geo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The client address that proxies report in {@code X-Forwarded-For} and in {@code Forwarded} (RFC 7239), and how much
 * of it to trust. Parses numeric addresses only, never asks a name server, and refuses nothing: what cannot be parsed
 * is not trusted.
 */
public final class Forwarding {

    /*
     * A chain is read from its right end, the side of this node. Each element was written by the hop to its right, and
     * deserves the trust of that hop: addresses of trusted proxies are skipped, the first other address is the
     * client's, and anything to the left of it may be forged. An element without an address (unknown, _hidden,
     * nonsense) ends the reading as well: whether its hop is trusted cannot be determined.
     *
     * A proxy that writes one of the two headers mostly passes the other one on as its client sent it. So neither has
     * precedence: a header that names a client goes before one that names trusted proxies only, and where both name
     * different clients, neither is trusted. A client can thus make itself unknown, but cannot impersonate another.
     */

    /** Maximum number of elements of one header to read, from the right. */
    public static final int ELEMENTS_AT_MOST = 32;

    private static final int LONGEST_ELEMENT = 256;
    private static final int LONGEST_SHOWN = 60;
    private static final int LONGEST_ADDRESS = 45;

    /** The header of an element. */
    public enum Header {
        FORWARDED,
        X_FORWARDED_FOR
    }

    /** The result for an element. */
    public enum Outcome {
        /** The client's address. */
        BELIEVED,
        /** A proxy that is trusted, so the element to the left of it counts. */
        TRUSTED_PROXY,
        /** No address can be read; nothing to the left of it counts. */
        NO_ADDRESS,
        /** To the left of an untrusted element. */
        BEYOND_TRUST,
        /** The other header names another client. */
        CONTRADICTED
    }

    /** One element, shortened, as it is shown to people. */
    public record Element(Header header, String text, Outcome outcome) {}

    /** The result of reading the headers. */
    public static final class Read {
        private final byte @Nullable [] client;
        private final boolean contradicted;
        private final List<Element> elements;

        private Read(byte @Nullable [] client, boolean contradicted, List<Element> elements) {
            this.client = client;
            this.contradicted = contradicted;
            this.elements = List.copyOf(elements);
        }

        /** The trusted client address of 4 or 16 bytes, not to be written to; null for none. */
        public byte @Nullable [] client() {
            return client;
        }

        /** Whether the two headers name different clients, so that the client is unknown. */
        public boolean contradicted() {
            return contradicted;
        }

        /** From the right to the left, those of {@code Forwarded} first. */
        public List<Element> elements() {
            return elements;
        }
    }

    /** No forwarding headers. */
    public static final Read NOTHING = new Read(null, false, List.of());

    /** One header: the address that it ends at, and whether that is a client's. */
    private static final class Chain {
        final Header header;
        final List<Element> elements = new ArrayList<>();
        byte @Nullable [] address = null;
        boolean client = false;
        boolean open = true;

        Chain(Header header) {
            this.header = header;
        }

        void take(String text, Predicate<byte[]> trusted) {
            byte[] read = !open ? null : header == Header.FORWARDED ? ofForwarded(text) : address(text);
            Outcome outcome = !open ? Outcome.BEYOND_TRUST : Outcome.NO_ADDRESS;
            if (read != null) {
                address = read;
                client = !trusted.test(read);
                outcome = client ? Outcome.BELIEVED : Outcome.TRUSTED_PROXY;
            }
            open &= outcome == Outcome.TRUSTED_PROXY;
            elements.add(new Element(header, shown(text), outcome));
        }
    }

    /**
     * Reads both headers of a request whose peer is a trusted proxy. Headers of other peers must not be trusted: do not
     * call it for them.
     *
     * @param forwarded the values of all header lines of {@code Forwarded}, in their order
     * @param forwardedFor those of {@code X-Forwarded-For}
     * @param trusted whether an address is that of a trusted proxy
     */
    public static Read read(List<String> forwarded, List<String> forwardedFor, Predicate<byte[]> trusted) {
        Chain standard = chain(Header.FORWARDED, forwarded, trusted);
        Chain usual = chain(Header.X_FORWARDED_FOR, forwardedFor, trusted);
        List<Element> elements = new ArrayList<>(standard.elements);
        elements.addAll(usual.elements);
        boolean differ = standard.client && usual.client && !same(standard.address, usual.address);
        if (differ) {
            elements.replaceAll(each -> each.outcome() == Outcome.BELIEVED
                    ? new Element(each.header(), each.text(), Outcome.CONTRADICTED)
                    : each);
            return new Read(null, true, elements);
        }
        Chain named = usual.client || (!standard.client && usual.address != null) ? usual : standard;
        return new Read(named.address, false, elements);
    }

    private static boolean same(byte @Nullable [] one, byte @Nullable [] other) {
        return one != null && other != null && Prefix.of(one).equals(Prefix.of(other));
    }

    private static Chain chain(Header header, List<String> lines, Predicate<byte[]> trusted) {
        Chain chain = new Chain(header);
        String whole = String.join(",", lines);
        int to = whole.length();
        while (to >= 0 && chain.elements.size() < ELEMENTS_AT_MOST) {
            int comma = before(whole, to);
            String element = whole.substring(comma + 1, to).strip();
            if (!element.isEmpty()) {
                chain.take(element, trusted);
            }
            to = comma;
        }
        return chain;
    }

    /**
     * The comma that ends the previous element, or -1. Searched from the right, so that no quote on the left hides what
     * is there.
     */
    private static int before(String text, int to) {
        boolean quoted = false;
        for (int i = to - 1; i >= 0; i--) {
            char c = text.charAt(i);
            if (c == '"' && !(quoted && i > 0 && text.charAt(i - 1) == '\\')) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        // An unterminated quote is not a quote.
        return quoted ? text.lastIndexOf(',', to - 1) : -1;
    }

    /** The {@code for} address of an element of Forwarded; null when it has none, or two. */
    private static byte @Nullable [] ofForwarded(String element) {
        String found = null;
        if (element.length() > LONGEST_ELEMENT) {
            return null;
        }
        int from = 0;
        while (from <= element.length()) {
            int to = semicolon(element, from);
            String pair = element.substring(from, to).strip();
            int equals = pair.indexOf('=');
            if (equals > 0
                    && pair.substring(0, equals)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .equals("for")) {
                if (found != null) {
                    return null;
                }
                found = pair.substring(equals + 1).strip();
            }
            from = to + 1;
        }
        return found == null ? null : address(found);
    }

    private static int semicolon(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    /**
     * The 4 or 16 bytes of an address as proxies write it: {@code 192.0.2.5:4711}, {@code [2001:db8::5]:443},
     * {@code "[2001:db8::5]"}, {@code fe80::1%eth0}; null when the text is none. A port and a zone say nothing of the place.
     */
    public static byte @Nullable [] address(String text) {
        String plain = unquoted(text);
        if (plain == null || plain.length() > LONGEST_ELEMENT) {
            return null;
        }
        if (plain.startsWith("[")) {
            int end = plain.indexOf(']');
            String inner = end < 0 ? "" : plain.substring(1, end);
            return inner.indexOf(':') >= 0 && isPort(plain, end + 1) ? number(inner) : null;
        }
        int colon = plain.indexOf(':');
        boolean port = colon > 0 && colon == plain.lastIndexOf(':');
        return port ? (isPort(plain, colon) ? number(plain.substring(0, colon)) : null) : number(plain);
    }

    private static byte @Nullable [] number(String text) {
        int zone = text.indexOf('%');
        String address = zone > 0 && text.indexOf(':') >= 0 ? text.substring(0, zone) : text;
        return address.length() > LONGEST_ADDRESS ? null : Prefix.address(address);
    }

    /** Whether the rest of the text is empty, or a port by RFC 7239: digits or an obfuscated one. */
    private static boolean isPort(String text, int from) {
        return from == text.length() || text.substring(from).matches(":([0-9]{1,5}|_[A-Za-z0-9._-]{1,64})");
    }

    private static @Nullable String unquoted(String text) {
        if (!text.startsWith("\"")) {
            return text;
        }
        if (text.length() < 2 || !text.endsWith("\"")) {
            return null;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 2 < text.length()) {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return plain.toString().strip();
    }

    private static String shown(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    private Forwarding() {}
}
