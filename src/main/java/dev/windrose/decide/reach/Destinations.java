package dev.windrose.decide.reach;

import dev.windrose.decide.geo.Prefix;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a node may connect to on behalf of rules, regions or settings: public ones, and those that the
 * settings allow (protection against SSRF).
 *
 * <p>Otherwise anyone who may define a rule could make the node connect to what only the node can reach: itself, its
 * neighbours, and the metadata address at which clouds hand out credentials.
 */
public final class Destinations {

    private static final List<Prefix> METADATA = prefixes(
            "169.254.169.254/32",
            "169.254.170.2/32",
            "169.254.170.23/32",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "192.0.0.192/32",
            "fd00:ec2::254/128",
            "fd00:ec2::23/128",
            "fd20:ce::254/128");

    private static final List<Prefix> NOT_PUBLIC = prefixes(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/128",
            "::1/128",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "5f00::/16",
            "fc00::/7",
            "fe80::/9",
            "ff00::/8");

    /** Prefixes that embed an IPv4 address, at this byte. */
    private record Embedding(Prefix block, int at) {}

    private static final List<Embedding> EMBEDDINGS = List.of(
            new Embedding(Prefix.parse("::/96"), 12),
            new Embedding(Prefix.parse("64:ff9b::/96"), 12),
            new Embedding(Prefix.parse("2002::/16"), 2));

    private static final int IPV4 = 4;
    private static final int IPV6 = 16;

    private final List<Prefix> allowed;

    /** @param allowed non-public blocks that may be connected to */
    public Destinations(List<Prefix> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** Why the address may not be connected to; null when it may. */
    public @Nullable String refusal(byte[] address) {
        byte[] inner = unwrapped(address);
        // An allowed block that merely contains it is not enough: credentials are served there.
        if (in(METADATA, inner)) {
            return in(allowed.stream().filter(Destinations::single).toList(), inner)
                    ? null
                    : "a cloud metadata address";
        }
        if (in(allowed, inner) || in(allowed, address)) {
            return null;
        }
        return in(NOT_PUBLIC, inner) ? "not a public address" : null;
    }

    private static boolean single(Prefix prefix) {
        return prefix.length() == 8 * IPV6;
    }

    /** The IPv4 address embedded in an IPv6 address, or the address itself. */
    private static byte[] unwrapped(byte[] address) {
        if (address.length != IPV6) {
            return address;
        }
        boolean local = zero(address, 0, 15) && (address[15] == 0 || address[15] == 1);
        for (Embedding embedding : EMBEDDINGS) {
            if (!local && embedding.block().contains(address)) {
                return Arrays.copyOfRange(address, embedding.at(), embedding.at() + IPV4);
            }
        }
        return address;
    }

    private static boolean zero(byte[] address, int from, int to) {
        for (int i = from; i < to; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean in(List<Prefix> blocks, byte[] address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    private static List<Prefix> prefixes(String... texts) {
        return Arrays.stream(texts).map(Prefix::parse).toList();
    }
}
