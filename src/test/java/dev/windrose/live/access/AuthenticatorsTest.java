package dev.windrose.live.access;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticatorsTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
                CN=balancer, O=Windrose | balancer
                O=Windrose, CN=balancer | balancer
                CN=balancer 1.a_b-c | balancer 1.a_b-c
                O="x,CN=admin" | -
                O="x,CN=admin", CN=balancer | balancer
                CN=balancer, O="x,CN=admin" | balancer
                O=x+CN=balancer | balancer
                CN=balancer, CN=authority | balancer
                CN="admin,O=x" | -
                CN=first\\,CN=admin | -
                CN=#0403616263 | -
                CN="" | -
                O=x | -
                """)
    void theNameInACertificateIsItsCommonNameAndNothingThatLooksLikeOne(String subject, String name) {
        assertThat(Authenticators.commonName(new X500Principal(subject).getName()))
                .isEqualTo(name);
    }
}
