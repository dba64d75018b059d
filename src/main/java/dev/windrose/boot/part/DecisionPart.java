package dev.windrose.boot.part;

import dev.windrose.boot.settings.HttpSection;
import dev.windrose.front.api.BatchResource;
import dev.windrose.front.api.FastRoute;
import dev.windrose.front.api.OutcomeResource;
import dev.windrose.front.api.RouteResource;
import dev.windrose.front.api.SimulateResource;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Timestamps;
import dev.windrose.live.table.Director;
import dev.windrose.watch.HttpMeters;
import java.util.List;

/** Decisions: single, in batches, their outcomes, and simulations. */
public final class DecisionPart implements Part {

    private final HealthPart health;
    private final TablePart table;
    private final GeoPart geo;
    private final AccessPart access;
    private final DefinitionPart rules;
    private final Timestamps moment = new Timestamps();
    private final SetOnce<DataPlane> plane = new SetOnce<>("decisions");
    private final SetOnce<HttpMeters> meters = new SetOnce<>("meters of the API");

    public DecisionPart(HealthPart health, TablePart table, GeoPart geo, AccessPart access, DefinitionPart rules) {
        this.health = health;
        this.table = table;
        this.geo = geo;
        this.access = access;
        this.rules = rules;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        meters.set(new HttpMeters(data.meters().registry()));
    }

    /** Of all calls. */
    HttpMeters meters() {
        return meters.get();
    }

    /** Answers the plain routing call directly. */
    FastRoute fast() {
        return new FastRoute(table.director(), geo.locator(), moment);
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        HttpSettings http = data.settings().of(HttpSection.HTTP);
        Director director = table.director();
        return List.of(
                new RouteResource(director, geo.locator(), meters(), moment),
                new BatchResource(director, access.gate(), geo.locator(), http.batch(), meters(), moment),
                new OutcomeResource(director, access.gate(), geo.locator(), http.batch()),
                new SimulateResource(
                        data.self(),
                        director,
                        health.defaults(),
                        health::picture,
                        data.clock(),
                        rules.past(),
                        rules.edits(),
                        geo.locator(),
                        http.batch()));
    }
}
