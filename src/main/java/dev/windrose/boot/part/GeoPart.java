package dev.windrose.boot.part;

import dev.windrose.boot.settings.GeoSection;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.front.api.BeaconResource;
import dev.windrose.front.api.GeographyResource;
import dev.windrose.front.api.LatencyResource;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Resource;
import dev.windrose.live.geo.ClientLocator;
import dev.windrose.live.geo.GeoSettings;
import dev.windrose.live.geo.NetworksFile;
import dev.windrose.live.geo.PlacesDatabase;
import dev.windrose.watch.GeoMeters;
import java.util.List;

/** Locates clients by their addresses. */
public final class GeoPart implements Part {

    private final TablePart table;
    private final LatencyPart latency;
    private final AccessPart access;
    private final SetOnce<DataPlane> plane = new SetOnce<>("geography");
    private final SetOnce<ClientLocator> locator = new SetOnce<>("locator of clients");

    public GeoPart(TablePart table, LatencyPart latency, AccessPart access) {
        this.table = table;
        this.latency = latency;
        this.access = access;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(GeoSection.GEO);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        GeoSettings settings = data.settings().of(GeoSection.GEO);
        GeoMeters meters = new GeoMeters(data.meters().registry());
        NetworksFile networks = new NetworksFile(settings.networksFile(), meters);
        PlacesDatabase database =
                new PlacesDatabase(settings.databaseFile(), data.dataDir().path(), meters);
        data.lookEvery(settings.reloadEvery(), networks::look);
        data.lookEvery(settings.reloadEvery(), database::look);
        locator.set(new ClientLocator(
                networks::networks,
                database::networks,
                () -> table.director().table().places(),
                data.settings().of(HttpSection.HTTP).trustedProxies(),
                data.self()));
    }

    ClientLocator locator() {
        return locator.get();
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        HttpSettings http = data.settings().of(HttpSection.HTTP);
        return List.of(
                new GeographyResource(table.director(), http, access.gate()),
                new LatencyResource(
                        latency.map(), () -> table.director().table().places(), http),
                new BeaconResource(data.self(), data.regions(), table.director(), latency.map(), locator()));
    }
}
