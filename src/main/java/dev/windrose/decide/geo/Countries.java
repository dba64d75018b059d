package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The countries that clients may name by their ISO 3166 codes, in lower case, each with its area and its center of
 * population.
 */
public final class Countries {

    /*
     * Which area a country lies in decides where its clients go when regions share it, so where continents are disputed the
     * cables settle it. The Middle East reaches from Egypt to Iran; the members of the Council of Europe are Europe, Turkey
     * and the Caucasus among them; the islands of the Indian Ocean go with the coast they are reached from. Kosovo has no code
     * of ISO's but the one that everybody uses. Coordinates are those of the capital or the largest cities, to half a degree.
     */

    /** A country. */
    private record Country(String area, Coordinate centre) {}

    private static final String EUROPE = """
            ad 42.5 1.5, al 41.3 19.8, am 40.2 44.5, at 48.2 16.4, ax 60.1 19.9, az 40.4 49.9, ba 43.9 18.4, be 50.8 4.4,
            bg 42.7 23.3, by 53.9 27.6, ch 47.4 8.5, cy 35.2 33.4, cz 50.1 14.4, de 51.0 9.5, dk 55.7 12.6, ee 59.4 24.8,
            es 40.4 -3.7, fi 60.2 24.9, fo 62.0 -6.8, fr 48.2 2.5, gb 52.4 -1.3, ge 41.7 44.8, gg 49.5 -2.5, gi 36.1 -5.4,
            gr 38.0 23.7, hr 45.8 16.0, hu 47.5 19.0, ie 53.3 -6.3, im 54.2 -4.5, is 64.1 -21.9, it 43.5 11.0, je 49.2 -2.1,
            li 47.1 9.5, lt 54.9 24.6, lu 49.6 6.1, lv 56.9 24.1, mc 43.7 7.4, md 47.0 28.9, me 42.4 19.3, mk 42.0 21.4,
            mt 35.9 14.5, nl 52.2 4.9, no 59.9 10.8, pl 52.0 20.0, pt 39.5 -8.8, ro 44.6 25.7, rs 44.8 20.5, ru 55.8 40.0,
            se 59.0 17.0, si 46.1 14.5, sj 78.2 15.6, sk 48.4 18.0, sm 43.9 12.5, tr 40.2 30.5, ua 49.5 31.5, va 41.9 12.5,
            xk 42.7 21.2
            """;

    private static final String NORTH_AMERICA = """
            ag 17.1 -61.8, ai 18.2 -63.1, aw 12.5 -70.0, bb 13.1 -59.6, bl 17.9 -62.8, bm 32.3 -64.8, bq 12.2 -68.3,
            bs 25.1 -77.3, bz 17.3 -88.5, ca 45.5 -78.0, cr 9.9 -84.1, cu 23.0 -81.5, cw 12.2 -69.0, dm 15.3 -61.4,
            do 18.6 -70.0, gd 12.1 -61.7, gl 64.2 -51.7, gp 16.2 -61.5, gt 14.6 -90.5, hn 14.3 -87.3, ht 18.6 -72.3,
            jm 18.0 -76.8, kn 17.3 -62.7, ky 19.3 -81.4, lc 14.0 -61.0, mf 18.1 -63.1, mq 14.6 -61.0, ms 16.7 -62.2,
            mx 19.8 -99.9, ni 12.1 -86.3, pa 9.0 -79.5, pm 46.8 -56.2, pr 18.4 -66.1, sv 13.7 -89.2, sx 18.0 -63.1,
            tc 21.8 -72.2, tt 10.6 -61.4, us 38.5 -91.0, vc 13.2 -61.2, vg 18.4 -64.6, vi 18.3 -64.9
            """;

    private static final String SOUTH_AMERICA = """
            ar -34.2 -59.5, bo -17.0 -66.0, br -22.0 -46.0, cl -33.4 -70.7, co 5.0 -74.8, ec -1.2 -79.2, fk -51.7 -57.9,
            gf 4.9 -52.3, gs -54.3 -36.5, gy 6.8 -58.2, pe -11.5 -77.0, py -25.3 -57.5, sr 5.9 -55.2, uy -34.8 -56.1,
            ve 10.2 -67.5
            """;

    private static final String AFRICA = """
            ao -8.8 13.3, bf 12.4 -1.5, bi -3.4 29.4, bj 6.4 2.4, bv -54.4 3.4, bw -24.6 25.9, cd -4.4 15.3, cf 4.4 18.6,
            cg -4.3 15.3, ci 5.4 -4.0, cm 4.0 10.5, cv 14.9 -23.5, dj 11.6 43.1, dz 36.5 3.0, eh 27.1 -13.2, er 15.3 38.9,
            et 9.0 38.8, ga 0.4 9.5, gh 5.7 -0.5, gm 13.5 -16.6, gn 9.6 -13.6, gq 3.8 8.8, gw 11.9 -15.6, ke -1.2 37.0,
            km -11.7 43.3, lr 6.3 -10.8, ls -29.3 27.5, ly 32.8 14.0, ma 33.6 -7.2, mg -18.9 47.5, ml 12.6 -8.0, mr 18.1 -16.0,
            mu -20.2 57.5, mw -14.5 34.4, mz -22.0 34.0, na -22.6 17.1, ne 13.5 2.1, ng 7.5 4.5, re -21.0 55.5, rw -1.9 30.1,
            sc -4.6 55.5, sd 15.6 32.5, sh -15.9 -5.7, sl 8.5 -13.2, sn 14.7 -17.3, so 2.0 45.3, ss 4.9 31.6, st 0.3 6.7,
            sz -26.4 31.3, td 12.1 15.0, tf -49.4 70.2, tg 6.2 1.2, tn 36.7 10.2, tz -5.5 36.5, ug 0.3 32.6, yt -12.8 45.2,
            za -27.5 28.0, zm -14.5 28.3, zw -18.3 30.6
            """;

    private static final String MIDDLE_EAST = """
            ae 24.9 55.0, bh 26.2 50.5, eg 30.2 31.2, il 32.0 34.9, iq 33.3 44.4, ir 34.9 51.2, jo 31.9 35.9, kw 29.3 48.0,
            lb 33.9 35.6, om 23.5 58.3, ps 31.8 34.9, qa 25.3 51.5, sa 24.0 44.5, sy 34.5 36.7, ye 15.0 44.5
            """;

    private static final String ASIA = """
            af 34.4 68.5, bd 23.6 90.4, bn 4.9 114.9, bt 27.4 89.6, cc -12.2 96.8, cn 31.5 115.0, cx -10.5 105.6,
            hk 22.3 114.2, id -6.8 108.5, in 20.5 77.5, io -7.3 72.4, jp 35.4 138.0, kg 42.6 74.5, kh 11.8 104.9, kp 39.2 126.0,
            kr 37.0 127.3, kz 45.5 73.5, la 17.9 102.6, lk 7.0 80.0, mm 17.5 96.2, mn 47.9 106.9, mo 22.2 113.5, mv 4.2 73.5,
            my 3.1 101.8, np 27.7 85.3, ph 14.2 121.2, pk 30.5 71.5, sg 1.4 103.8, th 13.9 100.6, tj 38.6 69.0, tl -8.6 125.6,
            tm 38.0 58.4, tw 24.5 121.0, uz 41.0 68.5, vn 16.0 106.5
            """;

    private static final String OCEANIA = """
            aq -77.8 166.7, as -14.3 -170.7, au -34.2 147.5, ck -21.2 -159.8, fj -18.0 178.2, fm 6.9 158.2, gu 13.5 144.8,
            hm -53.1 73.5, ki 1.4 173.0, mh 7.1 171.3, mp 15.2 145.7, nc -22.2 166.4, nf -29.0 167.9, nr -0.5 166.9,
            nu -19.1 -169.9, nz -39.0 175.3, pf -17.6 -149.5, pg -7.5 147.0, pn -25.1 -130.1, pw 7.4 134.5, sb -9.4 160.0,
            tk -9.2 -171.8, to -21.1 -175.2, tv -8.5 179.2, um 19.3 166.6, vu -17.7 168.3, wf -13.3 -176.2, ws -13.8 -171.8
            """;

    private static final Map<String, Country> COUNTRIES = new HashMap<>();

    static {
        put("europe", EUROPE);
        put("north-america", NORTH_AMERICA);
        put("south-america", SOUTH_AMERICA);
        put("africa", AFRICA);
        put("middle-east", MIDDLE_EAST);
        put("asia", ASIA);
        put("oceania", OCEANIA);
    }

    /** The area that the country lies in, or null when there is no such country. */
    public static @Nullable String area(String code) {
        Country country = COUNTRIES.get(code);
        return country == null ? null : country.area();
    }

    /** The population centre of the country, or null when there is no such country. */
    public static @Nullable Coordinate centre(String code) {
        Country country = COUNTRIES.get(code);
        return country == null ? null : country.centre();
    }

    /** All codes, in lower case. */
    public static Set<String> codes() {
        return Collections.unmodifiableSet(COUNTRIES.keySet());
    }

    /** The area of a continent's code in upper case, as used by address databases; null when unknown. */
    public static @Nullable String continent(String code) {
        return switch (code) {
            case "AF" -> "africa";
            case "AN", "OC" -> "oceania";
            case "AS" -> "asia";
            case "EU" -> "europe";
            case "NA" -> "north-america";
            case "SA" -> "south-america";
            default -> null;
        };
    }

    private static void put(String area, String countries) {
        for (String country : countries.strip().split(",\\s+", -1)) {
            String[] parts = country.split(" ", -1);
            Coordinate centre = new Coordinate(Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
            if (COUNTRIES.put(parts[0], new Country(area, centre)) != null) {
                throw new IllegalStateException("country: " + parts[0] + " is in two areas");
            }
        }
    }

    private Countries() {}
}
