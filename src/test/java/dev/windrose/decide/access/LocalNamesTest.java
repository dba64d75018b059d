package dev.windrose.decide.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalNamesTest {

    @ParameterizedTest(name = "Host {0}, Origin {1}: {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "localhost:8019, -, true",
                "LOCALHOST, -, true",
                "localhost., -, true",
                "shop.localhost:8019, -, true",
                "127.0.0.1:8019, -, true",
                "127.255.0.9, -, true",
                "[::1]:8019, -, true",
                "-, -, true",
                "'', -, true",
                "evil.example, -, false",
                "evil.example:8019, -, false",
                "localhost.evil.example, -, false",
                "notlocalhost, -, false",
                "127.0.0.1.evil.example, -, false",
                "127.0.0.256, -, false",
                "127.1, -, false",
                "128.0.0.1, -, false",
                "10.0.0.1, -, false",
                "[::2], -, false",
                "[::ffff:10.0.0.1], -, false",
                "0.0.0.0, -, false",
                "localhost@evil.example, -, false",
                "localhost:80:evil, -, false",
                "localhost:8019, http://localhost:8019, true",
                "localhost:8019, https://127.0.0.1, true",
                "localhost:8019, http://[::1]:3000, true",
                "localhost:8019, http://evil.example, false",
                "localhost:8019, http://localhost.evil.example, false",
                "localhost:8019, null, false",
                "localhost:8019, '', false",
                "localhost:8019, localhost, false",
                "evil.example, http://localhost, false"
            })
    void namesOfThisMachineAreAskedForAndByPagesOfThisMachine(String host, String origin, boolean local) {
        assertThat(LocalNames.refusal(host, origin) == null).isEqualTo(local);
    }
}
