package dev.windrose.live.reach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class DialAttemptsTest {

    private final InetAddress first = address("192.0.2.1");
    private final InetAddress second = address("192.0.2.2");
    private final InetAddress third = address("192.0.2.3");
    private final DialAttempts trail = new DialAttempts();

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAddressThatIsFarAndNotSilentDoesNotBlameTheOneThatWasTriedAfterIt() {
        trail.tries(first);
        trail.tries(second);
        trail.connected(first, 0);

        assertThat(trail.at()).isEqualTo(first);
        assertThat(trail.missed()).isEmpty();
    }

    @Test
    void whatDidNotAnswerBeforeAndWhatFailedWhenItWasTriedLaterAreTold() {
        trail.tries(first);
        trail.tries(second);
        trail.tries(third);
        trail.failed(third, new IOException("Connection refused"));
        trail.connected(second, 250);

        assertThat(trail.missed()).containsOnlyKeys(first, third).containsEntry(first, "");
        assertThat(trail.waitedNanos()).isEqualTo(250);
    }
}
