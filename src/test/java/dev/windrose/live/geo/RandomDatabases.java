package dev.windrose.live.geo;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;

/** Databases and addresses by chance, near each other. */
final class RandomDatabases {

    /** A database with blocks near each other, so that many are nested. */
    static MmdbWriter next(Random random) {
        int ipVersion = random.nextBoolean() ? 4 : 6;
        MmdbWriter writer = new MmdbWriter(ipVersion, 24 + 4 * random.nextInt(3));
        writer.put("192.0.2.0/24", MmdbWriter.country("NZ"));
        List<String> countries = List.of("DE", "FR", "US", "JP", "ZZ", "BR");
        int blocks = 1 + random.nextInt(30);
        for (int i = 0; i < blocks; i++) {
            String country = countries.get(random.nextInt(countries.size()));
            Object record = random.nextBoolean()
                    ? MmdbWriter.country(country)
                    : MmdbWriter.city(country, random.nextInt(90), random.nextInt(3));
            writer.put(block(random, ipVersion == 6 && random.nextBoolean()), record);
        }
        return writer;
    }

    private static String block(Random random, boolean ipv6) {
        int length = ipv6 ? 1 + random.nextInt(128) : 1 + random.nextInt(32);
        byte[] bytes = ipv6 ? near6(random) : near4(random);
        for (int i = 0; i < 8 * bytes.length; i++) {
            if (i >= length) {
                bytes[i / 8] &= (byte) ~(0x80 >>> i % 8);
            }
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + length;
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static byte[] near4(Random random) {
        return new byte[] {10, (byte) random.nextInt(2), (byte) random.nextInt(4), (byte) random.nextInt(256)};
    }

    private static byte[] near6(Random random) {
        byte[] bytes = new byte[16];
        bytes[0] = 0x2a;
        bytes[3] = (byte) random.nextInt(4);
        bytes[7] = (byte) random.nextInt(4);
        bytes[15] = (byte) random.nextInt(4);
        return bytes;
    }

    static byte[] address(Random random) {
        byte[] bytes = random.nextBoolean() ? near4(random) : near6(random);
        if (random.nextInt(5) == 0) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    private RandomDatabases() {}
}
