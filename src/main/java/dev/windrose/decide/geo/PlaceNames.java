package dev.windrose.decide.geo;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of countries and areas besides those in {@link Areas}: the English names of CLDR, three-letter ISO 3166-1
 * codes, obsolete and unofficial codes and names. Each means one country or area.
 */
public final class PlaceNames {

    /*
     * A built-in table rather than the JDK's: nodes of one cluster must agree on the meaning of a name, and the JDK's
     * names change with its version. A test compares the two. Numeric ISO 3166-1 codes are left out: as a place name, a
     * number is more likely a mistake than a country. A code that two countries had in turn means the later one (cs:
     * Serbia and Montenegro, today rs), and one of a country that broke up means where most of its people are (su: ru,
     * yu: rs).
     */

    /** Each country: its code, the code with three letters, and its name as {@link #plain} writes it. */
    private static final String COUNTRIES = """
            ad and andorra, ae are united-arab-emirates, af afg afghanistan, ag atg antigua-and-barbuda,
            ai aia anguilla, al alb albania, am arm armenia, ao ago angola, aq ata antarctica, ar arg argentina,
            as asm american-samoa, at aut austria, au aus australia, aw abw aruba, ax ala aland-islands,
            az aze azerbaijan, ba bih bosnia-and-herzegovina, bb brb barbados, bd bgd bangladesh, be bel belgium,
            bf bfa burkina-faso, bg bgr bulgaria, bh bhr bahrain, bi bdi burundi, bj ben benin, bl blm st-barthelemy,
            bm bmu bermuda, bn brn brunei, bo bol bolivia, bq bes caribbean-netherlands, br bra brazil,
            bs bhs bahamas, bt btn bhutan, bv bvt bouvet-island, bw bwa botswana, by blr belarus, bz blz belize,
            ca can canada, cc cck cocos-keeling-islands, cd cod congo-kinshasa, cf caf central-african-republic,
            cg cog congo-brazzaville, ch che switzerland, ci civ cote-divoire, ck cok cook-islands, cl chl chile,
            cm cmr cameroon, cn chn china, co col colombia, cr cri costa-rica, cu cub cuba, cv cpv cape-verde,
            cw cuw curacao, cx cxr christmas-island, cy cyp cyprus, cz cze czechia, de deu germany, dj dji djibouti,
            dk dnk denmark, dm dma dominica, do dom dominican-republic, dz dza algeria, ec ecu ecuador,
            ee est estonia, eg egy egypt, eh esh western-sahara, er eri eritrea, es esp spain, et eth ethiopia,
            fi fin finland, fj fji fiji, fk flk falkland-islands, fm fsm micronesia, fo fro faroe-islands,
            fr fra france, ga gab gabon, gb gbr united-kingdom, gd grd grenada, ge geo georgia, gf guf french-guiana,
            gg ggy guernsey, gh gha ghana, gi gib gibraltar, gl grl greenland, gm gmb gambia, gn gin guinea,
            gp glp guadeloupe, gq gnq equatorial-guinea, gr grc greece,
            gs sgs south-georgia-and-south-sandwich-islands, gt gtm guatemala, gu gum guam, gw gnb guinea-bissau,
            gy guy guyana, hk hkg hong-kong-sar-china, hm hmd heard-and-mcdonald-islands, hn hnd honduras,
            hr hrv croatia, ht hti haiti, hu hun hungary, id idn indonesia, ie irl ireland, il isr israel,
            im imn isle-of-man, in ind india, io iot british-indian-ocean-territory, iq irq iraq, ir irn iran,
            is isl iceland, it ita italy, je jey jersey, jm jam jamaica, jo jor jordan, jp jpn japan, ke ken kenya,
            kg kgz kyrgyzstan, kh khm cambodia, ki kir kiribati, km com comoros, kn kna st-kitts-and-nevis,
            kp prk north-korea, kr kor south-korea, kw kwt kuwait, ky cym cayman-islands, kz kaz kazakhstan,
            la lao laos, lb lbn lebanon, lc lca st-lucia, li lie liechtenstein, lk lka sri-lanka, lr lbr liberia,
            ls lso lesotho, lt ltu lithuania, lu lux luxembourg, lv lva latvia, ly lby libya, ma mar morocco,
            mc mco monaco, md mda moldova, me mne montenegro, mf maf st-martin, mg mdg madagascar,
            mh mhl marshall-islands, mk mkd north-macedonia, ml mli mali, mm mmr myanmar-burma, mn mng mongolia,
            mo mac macao-sar-china, mp mnp northern-mariana-islands, mq mtq martinique, mr mrt mauritania,
            ms msr montserrat, mt mlt malta, mu mus mauritius, mv mdv maldives, mw mwi malawi, mx mex mexico,
            my mys malaysia, mz moz mozambique, na nam namibia, nc ncl new-caledonia, ne ner niger,
            nf nfk norfolk-island, ng nga nigeria, ni nic nicaragua, nl nld netherlands, no nor norway, np npl nepal,
            nr nru nauru, nu niu niue, nz nzl new-zealand, om omn oman, pa pan panama, pe per peru,
            pf pyf french-polynesia, pg png papua-new-guinea, ph phl philippines, pk pak pakistan, pl pol poland,
            pm spm st-pierre-and-miquelon, pn pcn pitcairn-islands, pr pri puerto-rico,
            ps pse palestinian-territories, pt prt portugal, pw plw palau, py pry paraguay, qa qat qatar,
            re reu reunion, ro rou romania, rs srb serbia, ru rus russia, rw rwa rwanda, sa sau saudi-arabia,
            sb slb solomon-islands, sc syc seychelles, sd sdn sudan, se swe sweden, sg sgp singapore,
            sh shn st-helena, si svn slovenia, sj sjm svalbard-and-jan-mayen, sk svk slovakia, sl sle sierra-leone,
            sm smr san-marino, sn sen senegal, so som somalia, sr sur suriname, ss ssd south-sudan,
            st stp sao-tome-and-principe, sv slv el-salvador, sx sxm sint-maarten, sy syr syria, sz swz eswatini,
            tc tca turks-and-caicos-islands, td tcd chad, tf atf french-southern-territories, tg tgo togo,
            th tha thailand, tj tjk tajikistan, tk tkl tokelau, tl tls timor-leste, tm tkm turkmenistan,
            tn tun tunisia, to ton tonga, tr tur turkey, tt tto trinidad-and-tobago, tv tuv tuvalu, tw twn taiwan,
            tz tza tanzania, ua ukr ukraine, ug uga uganda, um umi u-s-outlying-islands, us usa united-states,
            uy ury uruguay, uz uzb uzbekistan, va vat vatican-city, vc vct st-vincent-and-grenadines,
            ve ven venezuela, vg vgb british-virgin-islands, vi vir u-s-virgin-islands, vn vnm vietnam,
            vu vut vanuatu, wf wlf wallis-and-futuna, ws wsm samoa, xk xkx kosovo, ye yem yemen, yt myt mayotte,
            za zaf south-africa, zm zmb zambia, zw zwe zimbabwe
            """;

    /** Further names, and what each means. */
    private static final String ALSO = """
            uk gb, eu europe, el gr, su ru, yu rs, cs rs, dd de, tp tl, zr cd, bu mm, fx fr, an cw, rh zw, hv bf, dy bj, nh vu, vd vn, yd ye,
            scg rs, yug rs, sun ru, ddr de, tmp tl, zar cd, bur mm, fxx fr, ant cw, rom ro, xkk xk,
            european-union europe, asia-pacific asia, u-s us, u-s-a us, u-k gb, america us, united-states-of-america us,
            great-britain gb, britain gb, england gb, scotland gb, wales gb, northern-ireland gb, holland nl, the-netherlands nl,
            czech-republic cz, slovak-republic sk, russian-federation ru, turkiye tr, macedonia mk, moldova-republic-of md, bosnia ba,
            vatican va, holy-see va, ivory-coast ci, swaziland sz, cabo-verde cv, the-gambia gm, congo cg, republic-of-the-congo cg,
            democratic-republic-of-the-congo cd, dr-congo cd, drc cd, zaire cd, tanzania-united-republic-of tz, uae ae, emirates ae,
            palestine ps, iran-islamic-republic-of ir, syrian-arab-republic sy, burma mm, myanmar mm, viet-nam vn, east-timor tl,
            hong-kong hk, macao mo, macau mo, korea kr, republic-of-korea kr, dprk kp, brunei-darussalam bn, lao-pdr la, the-philippines ph,
            the-bahamas bs, virgin-islands vi, falkland-islands-malvinas fk, saint-lucia lc, saint-kitts-and-nevis kn, saint-martin mf,
            saint-barthelemy bl, saint-helena sh, saint-pierre-and-miquelon pm, saint-vincent-and-the-grenadines vc, st-vincent-and-the-grenadines vc
            """;

    private static final Map<String, String> MEANING = new HashMap<>();

    static {
        for (String country : COUNTRIES.strip().split(",\\s+", -1)) {
            String[] parts = country.split(" ", -1);
            put(parts[1], parts[0]);
            put(parts[2], parts[0]);
        }
        for (String name : ALSO.strip().split(",\\s+", -1)) {
            String[] parts = name.split(" ", -1);
            put(parts[0], parts[1]);
        }
    }

    private static void put(String name, String meaning) {
        if (MEANING.put(name, meaning) != null) {
            throw new IllegalStateException("place: " + name + " means two places");
        }
    }

    /** The area or country that a name in the form of {@link #plain} means; null when it is no other name of one. */
    public static @Nullable String meaning(String plain) {
        return MEANING.get(plain);
    }

    /** Every area and country that has another name. */
    static Set<String> meanings() {
        return Set.copyOf(MEANING.values());
    }

    /** The area or country with that name in any spelling; the name in lower case when there is none. */
    public static String canonical(String name) {
        String plain = plain(name);
        String meaning = MEANING.get(plain);
        return meaning != null
                ? meaning
                : Areas.names().contains(plain) ? plain : name.strip().toLowerCase(Locale.ROOT);
    }

    /**
     * The name in lower case, without accents, with {@code and} for {@code &}, without apostrophes, and with one {@code -} for
     * each run of other characters: {@code Côte d’Ivoire} becomes {@code cote-divoire}.
     */
    public static String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        String parts = ascii(name) ? name : Normalizer.normalize(name, Normalizer.Form.NFD);
        boolean gap = false;
        for (int i = 0; i < parts.length(); i++) {
            char c = Character.toLowerCase(parts.charAt(i));
            boolean kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (kept || c == '&') {
                plain.append(gap && plain.length() > 0 ? "-" : "");
                plain.append(kept ? String.valueOf(c) : "and");
                gap = false;
            } else {
                boolean silent = c == '\'' || c == '\u2019' || Character.getType(c) == Character.NON_SPACING_MARK;
                gap |= !silent;
            }
        }
        return plain.toString();
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private PlaceNames() {}

    /** Between the letters of a name. */
    private static final String BETWEEN = "-_. ,&'()\u2019";

    /** Whether the text can be the name of an area, a country or a region, as people write it. */
    public static boolean isPlace(String name) {
        int first = 0;
        while (first < name.length() && name.charAt(first) == ' ') {
            first++;
        }
        if (first == name.length() || name.length() > 63) {
            return false;
        }
        for (int i = first; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || (c > 127 && Character.isLetter(c));
            boolean mark = c > 127 && Character.getType(c) == Character.NON_SPACING_MARK;
            if (!letter && (i == first || !(mark || BETWEEN.indexOf(c) >= 0))) {
                return false;
            }
        }
        return true;
    }
}
