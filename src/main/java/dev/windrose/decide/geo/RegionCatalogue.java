package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Locations of the public clouds' regions, to the nearest city. Users' registrations take precedence. */
public final class RegionCatalogue {

    private static final Map<String, Coordinate> PLACES = new LinkedHashMap<>();

    static {
        // Amazon Web Services
        put("us-east-1", 38.95, -77.45);
        put("us-east-2", 39.96, -83.00);
        put("us-west-1", 37.35, -121.96);
        put("us-west-2", 45.84, -119.70);
        put("ca-central-1", 45.50, -73.57);
        put("ca-west-1", 51.05, -114.07);
        put("mx-central-1", 20.59, -100.39);
        put("sa-east-1", -23.55, -46.63);
        put("eu-west-1", 53.35, -6.26);
        put("eu-west-2", 51.51, -0.13);
        put("eu-west-3", 48.86, 2.35);
        put("eu-central-1", 50.11, 8.68);
        put("eu-central-2", 47.38, 8.54);
        put("eu-north-1", 59.33, 18.07);
        put("eu-south-1", 45.46, 9.19);
        put("eu-south-2", 41.65, -0.88);
        put("af-south-1", -33.92, 18.42);
        put("me-south-1", 26.07, 50.56);
        put("me-central-1", 24.45, 54.38);
        put("il-central-1", 32.09, 34.78);
        put("ap-south-1", 19.08, 72.88);
        put("ap-south-2", 17.39, 78.49);
        put("ap-east-1", 22.32, 114.17);
        put("ap-southeast-1", 1.35, 103.82);
        put("ap-southeast-2", -33.87, 151.21);
        put("ap-southeast-3", -6.21, 106.85);
        put("ap-southeast-4", -37.81, 144.96);
        put("ap-southeast-5", 3.14, 101.69);
        put("ap-southeast-7", 13.76, 100.50);
        put("ap-northeast-1", 35.68, 139.69);
        put("ap-northeast-2", 37.57, 126.98);
        put("ap-northeast-3", 34.69, 135.50);
        // Google Cloud
        put("us-central1", 41.26, -95.86);
        put("us-east1", 33.20, -80.01);
        put("us-east4", 39.03, -77.47);
        put("us-east5", 39.96, -83.00);
        put("us-south1", 32.78, -96.80);
        put("us-west1", 45.60, -121.18);
        put("us-west2", 34.05, -118.24);
        put("us-west3", 40.76, -111.89);
        put("us-west4", 36.17, -115.14);
        put("northamerica-northeast1", 45.50, -73.57);
        put("northamerica-northeast2", 43.65, -79.38);
        put("southamerica-east1", -23.55, -46.63);
        put("southamerica-west1", -33.45, -70.67);
        put("europe-west1", 50.45, 3.82);
        put("europe-west2", 51.51, -0.13);
        put("europe-west3", 50.11, 8.68);
        put("europe-west4", 53.44, 6.84);
        put("europe-west6", 47.38, 8.54);
        put("europe-west8", 45.46, 9.19);
        put("europe-west9", 48.86, 2.35);
        put("europe-central2", 52.23, 21.01);
        put("europe-north1", 60.57, 27.19);
        put("europe-southwest1", 40.42, -3.70);
        put("asia-east1", 24.05, 120.52);
        put("asia-east2", 22.32, 114.17);
        put("asia-northeast1", 35.68, 139.69);
        put("asia-northeast2", 34.69, 135.50);
        put("asia-northeast3", 37.57, 126.98);
        put("asia-south1", 19.08, 72.88);
        put("asia-south2", 28.61, 77.21);
        put("asia-southeast1", 1.35, 103.82);
        put("asia-southeast2", -6.21, 106.85);
        put("australia-southeast1", -33.87, 151.21);
        put("australia-southeast2", -37.81, 144.96);
        put("me-west1", 32.09, 34.78);
        put("me-central1", 25.29, 51.53);
        put("africa-south1", -26.20, 28.05);
        // Microsoft Azure
        put("eastus", 37.37, -79.82);
        put("eastus2", 36.67, -78.39);
        put("centralus", 41.59, -93.62);
        put("northcentralus", 41.88, -87.63);
        put("southcentralus", 29.42, -98.49);
        put("westus", 37.78, -122.42);
        put("westus2", 47.23, -119.85);
        put("westus3", 33.45, -112.07);
        put("canadacentral", 43.65, -79.38);
        put("brazilsouth", -23.55, -46.63);
        put("northeurope", 53.35, -6.26);
        put("westeurope", 52.37, 4.90);
        put("uksouth", 51.51, -0.13);
        put("francecentral", 48.86, 2.35);
        put("germanywestcentral", 50.11, 8.68);
        put("swedencentral", 60.67, 17.14);
        put("switzerlandnorth", 47.38, 8.54);
        put("uaenorth", 25.27, 55.30);
        put("southafricanorth", -26.20, 28.05);
        put("centralindia", 18.52, 73.86);
        put("eastasia", 22.32, 114.17);
        put("southeastasia", 1.35, 103.82);
        put("japaneast", 35.68, 139.69);
        put("koreacentral", 37.57, 126.98);
        put("australiaeast", -33.87, 151.21);
    }

    public static boolean knows(String region) {
        return PLACES.containsKey(region);
    }

    /** Where the region is, or null when the catalogue does not know it. */
    public static @Nullable Coordinate place(String region) {
        return PLACES.get(region);
    }

    /** The names of all regions of the catalogue. */
    public static Set<String> names() {
        return Set.copyOf(PLACES.keySet());
    }

    private static void put(String region, double latitude, double longitude) {
        PLACES.put(region, new Coordinate(latitude, longitude));
    }

    private RegionCatalogue() {}
}
