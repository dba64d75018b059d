package dev.windrose.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetersTest {

    @Test
    void measuresTheJvmAndNamesRegionAndNodeInEveryLine() {
        try (Meters meters = Meters.create("eu-west-1", "127.0.0.1:25529", "1.2.3")) {
            assertThat(meters.scrape())
                    .contains(
                            "jvm_memory_used_bytes", "process_cpu_usage", "process_uptime_seconds", "jvm_threads_live")
                    .contains("windrose_build", "version=\"1.2.3\"");
            assertThat(meters.scrape().lines().filter(line -> !line.startsWith("#")))
                    .allMatch(
                            line -> line.contains("region=\"eu-west-1\"") && line.contains("node=\"127.0.0.1:25529\""));
        }
    }
}
