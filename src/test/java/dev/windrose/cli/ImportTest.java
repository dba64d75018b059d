package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.document.ManifestSchema;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other directors' configurations become, and what is told of the rest. */
class ImportTest {

    @TempDir
    private Path files;

    private Ran run(String from, String text, String... more) throws IOException {
        Path file = Files.writeString(files.resolve(from), text);
        return Ran.of("import " + from + " " + file, more);
    }

    /** The specs by name; every manifest fits the schema. */
    private static Map<String, JsonNode> specs(Ran ran) {
        Map<String, JsonNode> specs = new HashMap<>();
        for (JsonNode manifest : YamlText.documents(ran.out())) {
            assertThat(ManifestSchema.problems(manifest))
                    .as(manifest.toString())
                    .isEmpty();
            JsonNode spec = manifest.path("spec");
            specs.put(
                    manifest.path("kind").asText() + ":"
                            + spec.path("rule_id").asText(spec.path("region_id").asText()),
                    spec);
        }
        return specs;
    }

    @Test
    void recordSetsOfRoute53BecomeRulesByTheirPolicies() throws IOException {
        Ran ran = run("route53", """
                {"ResourceRecordSets": [
                 {"Name": "example.com.", "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns.example."}]},
                 {"Name": "plain.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.9"}]},
                 {"Name": "w.example.com.", "Type": "A", "SetIdentifier": "Blue", "Weight": 3, "TTL": 60,
                  "ResourceRecords": [{"Value": "192.0.2.1"}], "HealthCheckId": "hc-1"},
                 {"Name": "w.example.com.", "Type": "A", "SetIdentifier": "Green", "Weight": 1, "TTL": 60,
                  "ResourceRecords": [{"Value": "192.0.2.2"}, {"Value": "192.0.2.3"}]},
                 {"Name": "l.example.com.", "Type": "CNAME", "SetIdentifier": "x", "Region": "eu-west-1", "TTL": 60,
                  "ResourceRecords": [{"Value": "eu.example.net."}]},
                 {"Name": "f.example.com.", "Type": "A", "SetIdentifier": "b", "Failover": "SECONDARY", "TTL": 60,
                  "ResourceRecords": [{"Value": "192.0.2.5"}]},
                 {"Name": "f.example.com.", "Type": "A", "SetIdentifier": "a", "Failover": "PRIMARY", "TTL": 60,
                  "ResourceRecords": [{"Value": "192.0.2.4"}]},
                 {"Name": "g.example.com.", "Type": "A", "SetIdentifier": "eu", "GeoLocation": {"ContinentCode": "EU"},
                  "AliasTarget": {"DNSName": "lb.example.net."}},
                 {"Name": "g.example.com.", "Type": "A", "SetIdentifier": "rest", "GeoLocation": {"CountryCode": "*"},
                  "ResourceRecords": [{"Value": "192.0.2.6"}]}]}
                """);
        assertThat(ran.code()).isZero();
        Map<String, JsonNode> specs = specs(ran);
        JsonNode weighted = specs.get("rule:w.example.com");
        assertThat(weighted.at("/weights/blue").asInt()).isEqualTo(3);
        assertThat(weighted.at("/endpoints/green").asText()).isEqualTo("http://192.0.2.2");
        assertThat(specs.get("rule:l.example.com-cname").at("/algorithm").asText())
                .isEqualTo("geographic");
        assertThat(specs.get("rule:f.example.com").at("/target_regions").toString())
                .isEqualTo("[\"a\",\"b\"]");
        assertThat(specs.get("geographic_rule:g.example.com-europe")
                        .at("/target_regions/0")
                        .asText())
                .isEqualTo("eu");
        assertThat(specs).containsKeys("region:blue", "region:eu-west-1");
        assertThat(ran.err())
                .contains("not taken over: example.com. NS: no address")
                .contains("plain.example.com. A: has no routing policy")
                .contains("health check hc-1")
                .contains("only the first of 2 addresses")
                .contains("TTL");
    }

    @Test
    void backendsOfHaProxyBecomeRules() throws IOException {
        Ran ran = run("haproxy", """
                global
                  maxconn 2000
                frontend web
                  bind :80
                backend app # the shop
                  balance leastconn
                  option httpchk GET /healthz
                  timeout server 5s
                  server s1 192.0.2.1:8080 weight 30 check inter 2s rise 2 fall 3
                  server s2 192.0.2.2:8080 weight 10 check ssl
                  server s3 192.0.2.3:8080 backup
                backend sticky
                  balance source
                  server only 192.0.2.7:80
                """);
        Map<String, JsonNode> specs = specs(ran);
        JsonNode app = specs.get("rule:app");
        assertThat(app.at("/algorithm").asText()).isEqualTo("least_connections");
        assertThat(app.at("/health_check_path").asText()).isEqualTo("/healthz");
        assertThat(app.at("/weights/s1").asInt()).isEqualTo(30);
        assertThat(app.at("/health_check/interval_ms").asInt()).isEqualTo(2000);
        assertThat(app.at("/fallback").asText()).isEqualTo("region:s3");
        assertThat(specs.get("rule:sticky").at("/session_affinity").asBoolean()).isTrue();
        assertThat(ran.err())
                .contains("line 1: section global")
                .contains("line 8: timeout server 5s")
                .contains("line 10: server s2 ssl");
    }

    @Test
    void resourcesOfGdnsdBecomeRules() throws IOException {
        Path zone = Files.writeString(files.resolve("zone"), "www 300 DYNA weighted!shop\nmail A 192.0.2.1\n");
        Ran ran = run("gdnsd", """
                options => { listen => any }
                plugins => {
                  weighted => {
                    shop => { service_types = [ web ], lb01 = [ 192.0.2.1, 45 ], lb02 => [ 192.0.2.2, 15 ] }
                  }
                  simplefo => { www => { primary = 192.0.2.3, secondary = 192.0.2.4 } }
                  geoip => { maps => { m => { datacenters => [ a, b ] } } } # places
                }
                """, "--zone", zone.toString());
        Map<String, JsonNode> specs = specs(ran);
        assertThat(specs.get("rule:shop").at("/weights/lb01").asInt()).isEqualTo(45);
        assertThat(specs.get("rule:www").at("/algorithm").asText()).isEqualTo("priority");
        assertThat(specs.get("rule:www").at("/target_regions/0").asText()).isEqualTo("primary");
        assertThat(ran.err())
                .contains("section options")
                .contains("plugin geoip")
                .contains("resource shop: service_types")
                .contains("www is answered by weighted!shop");
        assertThat(run("gdnsd", "plugins => {{{{{{{{{{{{{{{{{{{{").code()).isEqualTo(Exit.WRONG);
    }
}
