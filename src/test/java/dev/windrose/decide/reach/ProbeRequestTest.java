package dev.windrose.decide.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.model.HealthCheck;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeRequestTest {

    private static ProbeRequest request(HealthCheck.Type type, String endpoint, String path, String subject) {
        return ProbeRequest.of(
                URI.create(endpoint), new HealthCheck.Question(type, path, 0, subject, 200, 399, null, 14));
    }

    private static URI asked(String endpoint, String path) {
        return request(HealthCheck.Type.HTTP, endpoint, path, "").address();
    }

    @ParameterizedTest(name = "{0} + {1} asks {2}")
    @CsvSource(
            delimiterString = "  ",
            quoteCharacter = '~',
            value = {
                "http://h  /health  http://h/health",
                "http://h/  /health  http://h/health",
                "http://h/base/  /health  http://h/base/health",
                "https://h:8443/base  /a?b=c  https://h:8443/base/a?b=c",
                "http://h  /health?q=a|b  http://h/health?q=a%7Cb",
                "http://h  /{x}^`\"<>[y]  http://h/%7Bx%7D%5E%60%22%3C%3E%5By%5D",
                "http://h  /a?list[]=1  http://h/a?list[]=1",
                "http://h  /a%2Fb%7c  http://h/a%2Fb%7c",
                "http://h/?x=1  /health  http://h/health?x=1",
                "http://h/?x=1  /health?y=2  http://h/health?y=2&x=1",
                "http://h/#a  /health  http://h/health",
                "http://h.:80  /health  http://h.:80/health",
            })
    void pathsAreJoinedAndEscapedAsBrowsersDo(String endpoint, String path, String expected) {
        assertThat(asked(endpoint, path)).isEqualTo(URI.create(expected));
    }

    @ParameterizedTest(name = "{0} {1} + {2} is asked at {3} port {4}")
    @CsvSource(
            delimiterString = "  ",
            value = {
                "HTTP  http://h  /a#frag  http://h/a  80",
                "HTTP  http://h:  /health  http://h/health  80",
                "HTTP  https://h:0/base  /health#x  https://h/base/health  443",
                "TCP  tcp://h:7000  /100%  http://h:7000/  7000",
                "HTTP  grpc://h:7000  /a\\b  http://h:7000/  7000",
            })
    void whatEarlierVersionsAcceptedAndCouldAskIsAskedAsBefore(
            HealthCheck.Type type, String endpoint, String path, String address, int port) {
        HealthCheck.Question question = new HealthCheck.Question(type, path, 0, "", 200, 399, null, 14);
        assertThatThrownBy(() -> ProbeRequest.of(URI.create(endpoint), question))
                .isInstanceOf(ProbeRequest.Unaskable.class);

        ProbeRequest request = ProbeRequest.ofStored(URI.create(endpoint), question);

        assertThat(request.address()).isEqualTo(URI.create(address));
        assertThat(request.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/100%", "/a\\b"})
    void whatNobodyCouldEverAskSaysWhatToWriteWhenItIsStoredToo(String path) {
        assertThatThrownBy(() -> ProbeRequest.ofStored(
                        URI.create("http://h"),
                        new HealthCheck.Question(HealthCheck.Type.HTTP, path, 0, "", 200, 399, null, 14)))
                .isInstanceOf(ProbeRequest.Unaskable.class)
                .hasMessageContaining("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/%", "/100%", "/a\\b", "/a#frag", "/a b", "/é", "health", ""})
    void pathsThatCannotBeSentAreRefusedWithWhatToWrite(String path) {
        assertThatThrownBy(() -> asked("http://h", path))
                .isInstanceOf(ProbeRequest.Unaskable.class)
                .hasMessageStartingWith("health_check_path: ")
                .hasMessageContaining("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h:70000", "http://h:0", "http://h:", "http://h:99999999", "tcp://[::1]:0"})
    void portsThatAreNoneAreRefused(String endpoint) {
        assertThatThrownBy(() -> asked(endpoint, "/health"))
                .isInstanceOf(ProbeRequest.Unaskable.class)
                .hasMessageContaining("endpoints: '" + endpoint + "' (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, 80",
        "https://h, 443",
        "tcp://h, 80",
        "tls://h, 443",
        "grpc://h, 80",
        "grpcs://h, 443",
        "http://h:8080, 8080",
        "https://h:65535, 65535",
    })
    void aPortThatIsNotNamedIsTheUsualOne(String endpoint, int port) {
        assertThat(request(HealthCheck.Type.HTTP, endpoint, "/", "").port()).isEqualTo(port);
    }

    @Test
    void theZoneOfAnAddressIsDecodedToConnectAndLeftOutOfTheRequest() {
        ProbeRequest request = request(HealthCheck.Type.HTTP, "http://[fe80::1%25lo]:9301", "/health", "");

        assertThat(request.host()).isEqualTo("fe80::1%lo");
        assertThat(request.authority()).isEqualTo("[fe80::1]:9301");
        assertThat(request.address().getHost()).isEqualTo("[fe80::1%lo]");
    }

    @ParameterizedTest
    @CsvSource({"tls.test., tls.test", "tls.test, tls.test", "10.0.0.1, 10.0.0.1"})
    void theSubjectOfATlsCheckIsTheNameOfTheCertificate(String subject, String name) {
        assertThat(request(HealthCheck.Type.TLS, "tls://h:9401", "/", subject).serverName())
                .isEqualTo(name);
    }

    @Test
    void theTrailingDotOfAHostIsNoPartOfTheNameOfTheCertificate() {
        ProbeRequest request = request(HealthCheck.Type.HTTP, "tls://host.:9401", "/", "");

        assertThat(request.host()).isEqualTo("host.");
        assertThat(request.serverName()).isEqualTo("host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_host.test", "a/b", "-a.test", "a..b", "."})
    void aSubjectThatTlsCannotCarryIsRefused(String subject) {
        assertThatThrownBy(() -> request(HealthCheck.Type.TLS, "tls://h", "/", subject))
                .isInstanceOf(ProbeRequest.Unaskable.class)
                .hasMessageStartingWith("health_check.subject: '" + subject + "' (expected: ");
    }

    @Test
    void whatAGrpcServiceIsCalledIsItsOwnMatter() {
        assertThat(request(HealthCheck.Type.GRPC, "grpc://h", "/", "my_pkg/Service")
                        .subject())
                .isEqualTo("my_pkg/Service");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", ".a"})
    void aDnsCheckAsksForAName(String subject) {
        assertThatThrownBy(() -> request(HealthCheck.Type.HTTP, "dns://10.0.0.1", "/", subject))
                .isInstanceOf(ProbeRequest.Unaskable.class)
                .hasMessageStartingWith("health_check.subject: '" + subject + "'");
    }

    @Test
    void aDnsEndpointIsAskedByDnsWhateverTheRuleSays() {
        ProbeRequest request = request(HealthCheck.Type.HTTP, "dns://10.0.0.1", "/", "_x.example.");

        assertThat(request.type()).isEqualTo(HealthCheck.Type.DNS);
        assertThat(request.port()).isEqualTo(53);
    }

    @Test
    void partsOfANameThatNobodyCanLookUpAreRefused() {
        assertThatThrownBy(() -> asked("http://" + "a".repeat(64) + ".test", "/"))
                .isInstanceOf(ProbeRequest.Unaskable.class);
        assertThatThrownBy(() -> asked("http://" + "abc.".repeat(80) + "test", "/"))
                .isInstanceOf(ProbeRequest.Unaskable.class);
    }
}
