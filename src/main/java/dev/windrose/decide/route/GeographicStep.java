package dev.windrose.decide.route;

import dev.windrose.decide.geo.LatencyView;
import dev.windrose.model.Client;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers clients that match a geographic rule; all others go on to the next step. */
final class GeographicStep implements Selector {

    /** One geographic rule, with its targets among the candidates. */
    private static final class Named {
        private final GeographicRule rule;
        private final int[] targets;
        private final @Nullable Choice[] choices;

        /**
         * @param targets indexes of candidates, in the order of the rule
         * @param choices the answer for each candidate; null for those that are no targets
         */
        Named(GeographicRule rule, int[] targets, @Nullable Choice[] choices) {
            this.rule = rule;
            this.targets = targets;
            this.choices = choices;
        }
    }

    /** The result for a geographic rule that matches a client. */
    enum Outcome {
        CHOSEN,
        /** None of its targets can be chosen by this rule at present. */
        NO_CANDIDATE,
        /** All of its targets that can be chosen are farther than its threshold. */
        TOO_FAR,
        /** An earlier one was chosen. */
        NOT_REACHED
    }

    private final Nearness nearness;
    private final int[][] byPlace;
    private final Named[] named;
    private final Selector next;

    /**
     * Made for one set of candidates, of which the nearness knows the regions in the same order.
     *
     * @param byPlace for each place, which of the rules name it, first ones first
     * @param rules in the order in which they apply
     * @param candidates the regions that may be chosen
     */
    GeographicStep(
            Nearness nearness,
            int[][] byPlace,
            List<GeographicRule> rules,
            List<RegionId> candidates,
            Chosen chosen,
            Selector next) {
        this.nearness = nearness;
        this.byPlace = byPlace;
        this.named = rules.stream().map(rule -> named(rule, candidates, chosen)).toArray(Named[]::new);
        this.next = next;
    }

    /** Makes the answer for a candidate that a geographic rule names. */
    interface Chosen {
        Choice of(int candidate, GeographicRule rule);
    }

    private static Named named(GeographicRule rule, List<RegionId> candidates, Chosen chosen) {
        List<Integer> targets = new ArrayList<>();
        @Nullable Choice[] choices = new Choice[candidates.size()];
        for (RegionId region : rule.targets()) {
            int candidate = candidates.indexOf(region);
            if (candidate >= 0 && choices[candidate] == null) {
                targets.add(candidate);
                choices[candidate] = chosen.of(candidate, rule);
            }
        }
        return new Named(rule, targets.stream().mapToInt(Integer::intValue).toArray(), choices);
    }

    @Override
    public Choice select(Client client, long sequence) {
        int place = nearness.place(client);
        if (place != PlaceDistances.UNKNOWN) {
            LatencyView view = nearness.view();
            int row = Nearness.row(view, client);
            for (int number : byPlace[place]) {
                int best = best(named[number], view, row, place);
                Choice choice = best < 0 ? null : named[number].choices[best];
                if (choice != null) {
                    return choice;
                }
            }
        }
        return next.select(client, sequence);
    }

    /**
     * The nearest target whose round trip is known to be within the threshold, else the first with an unknown round
     * trip; -1 when all are known to be farther. Of about equally near ones, the previously chosen one stays.
     */
    private int best(Named rule, LatencyView view, int row, int place) {
        double threshold = rule.rule.latencyThresholdMs();
        long within = 0;
        int unknown = -1;
        for (int target : rule.targets) {
            double ms = nearness.measuredMs(view, row, place, target);
            if (Double.isNaN(ms)) {
                unknown = unknown < 0 ? target : unknown;
            } else if (ms <= threshold) {
                within |= 1L << target;
            }
        }
        return within == 0 ? unknown : nearness.nearest(view, row, Client.ANYWHERE, place, within);
    }

    /** The result for each geographic rule that matches the client, in order. */
    List<Explanation.Considered> considered(Client client) {
        int place = nearness.place(client);
        if (place == PlaceDistances.UNKNOWN) {
            return List.of();
        }
        LatencyView view = nearness.view();
        int row = Nearness.row(view, client);
        List<Explanation.Considered> considered = new ArrayList<>();
        boolean settled = false;
        for (int number : byPlace[place]) {
            Named rule = named[number];
            int best = best(rule, view, row, place);
            Outcome outcome = settled
                    ? Outcome.NOT_REACHED
                    : best >= 0 ? Outcome.CHOSEN : rule.targets.length == 0 ? Outcome.NO_CANDIDATE : Outcome.TOO_FAR;
            settled |= best >= 0;
            considered.add(considered(rule, outcome, view, row, place));
        }
        return considered;
    }

    private Explanation.Considered considered(Named rule, Outcome outcome, LatencyView view, int row, int place) {
        List<Explanation.Leg> legs = new ArrayList<>();
        for (int target : rule.targets) {
            double ms = nearness.measuredMs(view, row, place, target);
            Choice choice = rule.choices[target];
            RegionId region = choice == null ? null : choice.region();
            if (region != null) {
                legs.add(new Explanation.Leg(region, ms, !(ms > rule.rule.latencyThresholdMs())));
            }
        }
        return new Explanation.Considered(
                rule.rule.id(),
                rule.rule.priority(),
                rule.rule.latencyThresholdMs(),
                outcome.name().toLowerCase(Locale.ROOT),
                legs);
    }
}
