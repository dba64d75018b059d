package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the beacon in a real browser, on a page of another origin. Needs {@code chromium} on PATH. */
class BeaconScriptTest {

    private static final String CHROMIUM = "chromium";

    @TempDir
    private Path profile;

    private static boolean hasChromium() {
        for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
            if (Path.of(directory, CHROMIUM).toFile().canExecute()) {
                return true;
            }
        }
        return false;
    }

    private static HttpServer page(String html) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
        return server;
    }

    @Test
    void aPageWithTheScriptReportsWhatItsBrowserMeasured() throws Exception {
        assumeTrue(hasChromium(), "needs chromium on PATH");
        try (RunningApi api = RunningApi.start()) {
            String node = "http://127.0.0.1:" + api.port() + "/api/v1/beacon";
            HttpServer server = page("<!doctype html><title>a page</title><script async src='" + node
                    + ".js' data-regions='us-east-1=" + node + " eu-west-1=" + node
                    + ",ap-southeast-1=http://127.0.0.1:1/nobody'></script>");
            Process browser = new ProcessBuilder(
                            CHROMIUM,
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile.resolve("profile"),
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("chromium.log").toFile())
                    .start();
            try {
                api.eventually(() -> {
                    JsonNode place = api.get("/api/v1/latency-map").at("/places/0");
                    assertThat(place.path("place").asText()).isEqualTo("127.0.0.0/24");
                    assertThat(place.path("regions")).hasSize(2).allSatisfy(leg -> {
                        assertThat(leg.path("region").asText()).isIn("us-east-1", "eu-west-1");
                        assertThat(leg.path("by").asText()).isEqualTo("measured");
                        assertThat(leg.path("mean_ms").asDouble()).isBetween(0.01, 1000.0);
                    });
                    System.out.println("measured by Chromium: " + place);
                });
            } finally {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
                server.stop(0);
            }
        }
    }
}
