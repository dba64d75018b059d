package dev.windrose.decide.route;

import dev.windrose.model.Client;
import java.util.Map;

/** Answers clients whom a geographic rule names; all others go on to the next step. */
final class GeographicStep implements Selector {

    private final Map<String, Choice> byPlace;
    private final Selector next;

    /**
     * Made for one set of candidates.
     *
     * @param byPlace what the rules settled, by lower-case name of area or region
     */
    GeographicStep(Map<String, Choice> byPlace, Selector next) {
        this.byPlace = byPlace;
        this.next = next;
    }

    @Override
    public Choice select(Client client, long sequence) {
        String area = client.area();
        Choice named = area == null ? null : byPlace.get(area);
        return named != null ? named : next.select(client, sequence);
    }
}
