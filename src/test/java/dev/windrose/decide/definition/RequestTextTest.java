package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.StatusSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTextTest {

    private static HealthCheck over(String text) {
        return CheckText.over(Checks.DEFAULTS, text, "/health", null);
    }

    private static HealthCheck.Request request(String text) {
        return over(text).question().request();
    }

    @Test
    void whatWasWrittenBeforeThereWereRequestsIsAPlainOne() {
        assertThat(request("interval_ms=10000 timeout_ms=1000")).isEqualTo(HealthCheck.Request.PLAIN);
        assertThat(CheckText.differences(over(""), Checks.DEFAULTS)).isEmpty();
    }

    @Test
    void aPlainCheckIsNamedAsNodesNameItThatKnowOfNoRequests() {
        HealthCheck.Question question =
                new HealthCheck.Question(HealthCheck.Type.HTTP, "/health", 0, "", 200, 399, null, 14);
        assertThat(question)
                .hasToString("Question[type=HTTP, path=/health, port=0, subject=, statusFrom=200, statusTo=399,"
                        + " bodyContains=null, certificateDays=14]");
        assertThat(request("host=shop.example").toString()).isNotEqualTo(HealthCheck.Request.PLAIN.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "method=HEAD",
                "host=shop.example",
                "host=shop.example:8443",
                "host=[2001:db8::1]:80",
                "sni=shop.example",
                "good_statuses=200-299,301,403",
                "address=10.0.0.1",
                "address=2001:db8::1",
                "address=origin.internal",
                "ca=internal",
                "fresh_connection=true",
                "each_address=true good_addresses=0.5",
                "headers=X-Probe%3Ayes%0AX-Region%3Aeu+west",
            })
    void whatIsSaidIsReadAndWrittenAgain(String text) {
        assertThat(CheckText.differences(over(text), Checks.DEFAULTS)).isEqualTo(text);
    }

    @Test
    void headersKeepTheirValues() {
        Map<String, String> headers = Map.of("X-Probe", "a: b, c=d e%", "Authorization", "Bearer x+y/z==");
        assertThat(request("headers=" + RequestText.encoded(headers)).headers()).isEqualTo(headers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "method=get | method: 'get'",
                "host=shop..e/x | host: ",
                "host=shop.example:0 | host: ",
                "host=shop.example:70000 | host: ",
                "host=[::zz] | host: ",
                "host=a%0d%0ab | host: ",
                "sni=10.0.0.1 | sni: ",
                "sni=a_b.example | sni: ",
                "sni=-a.example | sni: ",
                "address=http://x | address: ",
                "address=1:2:3 | address: ",
                "ca=../../etc/passwd | ca: ",
                "ca=Internal | ca: ",
                "good_statuses=200-99 | good_statuses: '200-99'",
                "good_statuses=299-200 | good_statuses: ",
                "good_statuses=600 | good_statuses: ",
                "good_statuses=200, | good_statuses: ''",
                "good_addresses=1.5 | good_addresses: ",
                "each_address=yes | each_address: ",
                "headers=Host%3Ax | headers: 'Host'",
                "headers=connection%3Aclose | headers: 'connection'",
                "headers=Transfer-Encoding%3Achunked | headers: ",
                "headers=Content-Length%3A5 | headers: ",
                "headers=X%0D%3Ay | headers: ",
                "headers=X%3Aa%0D | headers.X: ",
                "headers=X%3A | headers.X: ",
                "headers=%ZZ | %ZZ",
                "headers=x%3A1%0AX%3A2 | headers: ",
            })
    void whatCannotBeAskedIsRefused(String text, String problem) {
        assertThatThrownBy(() -> over(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .matches(message -> message.contains(problem) || text.equals("headers=%ZZ"), problem);
    }

    @Test
    void headersAreBoundedTogether() {
        Map<String, String> two = Map.of("A", "x".repeat(1024), "B", "x".repeat(1023));
        assertThatThrownBy(() -> request("headers=" + RequestText.encoded(two)))
                .hasMessageContaining("2049 characters");
        assertThat(request("headers=" + RequestText.encoded(Map.of("A", "x".repeat(1024), "B", "x".repeat(1022))))
                        .headers())
                .hasSize(2);
    }

    @Test
    void aMonitorInheritsAndSaysOtherwise() {
        HealthCheck own = over("host=shop.example good_statuses=204 headers=X%3A1");
        HealthCheck.Request inherited =
                CheckText.monitor(own, "path=/deep").check().question().request();
        assertThat(inherited).isEqualTo(own.question().request());

        HealthCheck.Question other = CheckText.monitor(own, "host= headers= status_from=200 status_to=299")
                .check()
                .question();
        assertThat(other.request()).isEqualTo(HealthCheck.Request.PLAIN);
        assertThat(other.goodStatuses()).isEqualTo(StatusSet.of(200, 299));
    }

    @Test
    void thePortHasASecondName() {
        assertThat(over("check_port=8081").question().port()).isEqualTo(8081);
        assertThat(CheckText.differences(over("check_port=8081 check_address=10.0.0.1"), Checks.DEFAULTS))
                .isEqualTo("address=10.0.0.1 port=8081");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200-299,301,403 | 200-299,301,403",
                "403,200-299,250-350 | 200-350,403",
                "200,201,202 | 200-202",
                "'' | ''",
            })
    void statusesAreKeptInOrder(String given, String kept) {
        StatusSet set = StatusSet.parse(given);
        assertThat(set).hasToString(kept);
        for (int status = 100; status < 600; status++) {
            int at = status;
            boolean in = java.util.Arrays.stream(given.split(","))
                    .filter(part -> !part.isEmpty())
                    .anyMatch(part -> at >= Integer.parseInt(part.substring(0, 3))
                            && at <= Integer.parseInt(part.substring(part.length() - 3)));
            assertThat(set.contains(status)).isEqualTo(in);
        }
    }
}
