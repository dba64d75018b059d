package dev.windrose.front.api;

import java.util.Collection;

/** Which regions a definition may name. */
interface KnownRegions {

    /** Refuses unknown regions: a misspelt target would never serve. */
    void require(String field, Collection<String> regions);
}
