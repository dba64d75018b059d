package dev.windrose.live.geo;

import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.model.Identifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Encodes and decodes the places that nodes share. Unreadable data of another version is skipped. */
final class LatencyGossip {

    private static final double UNITS_PER_MS = 100;
    private static final double UNITS_PER_SAMPLE = 10;
    private static final int NUMBERS = 5;

    static LatencyBoard.Told told(List<LatencyMap.Place> places, long epochMs) {
        Map<String, Integer> regions = new LinkedHashMap<>();
        List<LatencyBoard.Spot> spots = new ArrayList<>();
        for (LatencyMap.Place place : places) {
            List<Integer> legs = new ArrayList<>();
            for (LatencyMap.Leg leg : place.legs()) {
                Integer region = regions.computeIfAbsent(leg.region(), name -> regions.size());
                legs.add(region);
                legs.add(Math.max(1, (int) Math.round(leg.meanMs() * UNITS_PER_MS)));
                legs.add((int) Math.round(leg.spreadMs() * UNITS_PER_MS));
                legs.add(Math.max(1, (int) Math.round(leg.samples() * UNITS_PER_SAMPLE)));
                legs.add((int) Math.min(Integer.MAX_VALUE, leg.ageSeconds()));
            }
            int weight = (int) Math.min(Integer.MAX_VALUE, Math.round(place.weight()));
            spots.add(new LatencyBoard.Spot(place.place(), place.within(), weight, legs));
        }
        return new LatencyBoard.Told(epochMs, List.copyOf(regions.keySet()), spots);
    }

    static List<LatencyMap.Place> places(LatencyBoard.Told told, long nowEpochMs) {
        long agoSeconds = Math.max(0, nowEpochMs - told.atEpochMs()) / 1000;
        List<LatencyMap.Place> places = new ArrayList<>();
        for (LatencyBoard.Spot spot : told.places()) {
            List<LatencyMap.Leg> legs = legs(told.regions(), spot.legs(), agoSeconds);
            if (!legs.isEmpty() && isPlace(spot.place()) && (spot.within().isEmpty() || isPlace(spot.within()))) {
                places.add(new LatencyMap.Place(spot.place(), spot.within(), Math.max(0, spot.weight()), legs));
            }
        }
        return places;
    }

    private static List<LatencyMap.Leg> legs(List<String> regions, List<Integer> numbers, long agoSeconds) {
        List<LatencyMap.Leg> legs = new ArrayList<>();
        for (int i = 0; i + NUMBERS <= numbers.size(); i += NUMBERS) {
            int region = numbers.get(i);
            double ms = numbers.get(i + 1) / UNITS_PER_MS;
            boolean known = region >= 0
                    && region < regions.size()
                    && Identifier.FORM.matcher(regions.get(region)).matches();
            if (known && ms > 0 && ms <= LatencyCsv.MOST_MS && numbers.get(i + 3) > 0) {
                legs.add(new LatencyMap.Leg(
                        regions.get(region),
                        ms,
                        Math.max(0, numbers.get(i + 2)) / UNITS_PER_MS,
                        numbers.get(i + 3) / UNITS_PER_SAMPLE,
                        Math.max(0, numbers.get(i + 4)) + agoSeconds));
            }
        }
        return legs;
    }

    private static boolean isPlace(String text) {
        try {
            return PlaceKey.parse(text) != PlaceKey.NONE;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private LatencyGossip() {}
}
