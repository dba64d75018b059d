package dev.windrose.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                jdbc:postgresql://db/w?user=a&password=hush | jdbc:postgresql://db/w?user=a&password=(hidden)
                jdbc:postgresql://db/w?password=hu;s,h&user=a | jdbc:postgresql://db/w?password=(hidden)&user=a
                jdbc:postgresql://db/w?sslpassword=hush&ssl=true | jdbc:postgresql://db/w?sslpassword=(hidden)&ssl=true
                jdbc:postgresql://db/w?PASSWORD=hush | jdbc:postgresql://db/w?PASSWORD=(hidden)
                jdbc:h2:file:x;USER=a;PASSWORD=hush;MODE=y | jdbc:h2:file:x;USER=a;PASSWORD=(hidden);MODE=y
                "jdbc:postgresql://a:hush@db/w" | "jdbc:postgresql://(hidden)@db/w"
                https://user:hush@host/path | https://(hidden)@host/path
                https://us@er:hu@sh@host/path | https://(hidden)@host/path
                https://hush@host | https://(hidden)@host
                https://host/keys?access_token=hush&x=1 | https://host/keys?access_token=(hidden)&x=1
                https://host/keys?api-key=hush | https://host/keys?api-key=(hidden)
                ["https://u:hush@a/","https://u:hush@b/"] | ["https://(hidden)@a/","https://(hidden)@b/"]
                cannot connect to jdbc:postgresql://db/w?password=hush, gave up | cannot connect to jdbc:postgresql://db/w?password=(hidden) gave up
                user=a password=hush port=1 | user=a password=(hidden) port=1
                https://host/a?b=c@d | https://host/a?b=c@d
                https://host/path@2 | https://host/path@2
                http://[::1]:8019/x | http://[::1]:8019/x
                member Up [akka://windrose-control@127.0.0.1:25519] | member Up [akka://windrose-control@127.0.0.1:25519]
                10 s | 10 s
                author=ada | author=ada
                """)
    void secretsInsideAreLeftOut(String text, String shown) {
        assertThat(Masked.of(text)).isEqualTo(shown);
        assertThat(Masked.of(shown)).isEqualTo(shown);
    }
}
