package dev.windrose.live.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When new connections of an address are held. */
class PeerTest {

    private static final int HELD = Connections.beats(Duration.ofMinutes(1));

    private static Peer peer(boolean trusted) {
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(1).refillGreedy(1, Duration.ofSeconds(1)))
                .build();
        return new Peer(bucket, trusted);
    }

    @ParameterizedTest
    @CsvSource({
        // offences, beats from one to the next, answers, trusted, held
        "15, 1, 0, false, false",
        "16, 1, 0, false, true",
        "16, 1, 63, false, true",
        "16, 1, 64, false, false",
        "17, 1, 64, false, true",
        "16, 13, 0, false, true",
        "100, 14, 0, false, false",
        "100, 1, 0, true, false",
    })
    void isHeldWhenItWasTooSlowTooOften(int offences, int every, int answers, boolean trusted, boolean held) {
        Peer peer = peer(trusted);
        int beat = 1000;
        for (int i = 0; i < offences; i++) {
            beat += every;
            peer.offended(beat, HELD);
            for (int answer = 0; i == 0 && answer < answers; answer++) {
                peer.answered();
            }
        }

        assertThat(peer.held(beat)).isEqualTo(held);
        assertThat(peer.held(beat + HELD)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true"})
    void nobodyIsHeldWhereTheTimeIsZero(int beats, boolean held) {
        Peer peer = peer(false);
        for (int i = 0; i < Peer.OFFENCES; i++) {
            peer.offended(1, beats);
        }

        assertThat(peer.held(1)).isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({"200, false", "201, false", "1210, false", "1211, true"})
    void isRememberedWhileItIsHeld(int beat, boolean forgettable) {
        Peer peer = peer(false);
        peer.opened();
        for (int i = 0; i < Peer.OFFENCES; i++) {
            peer.offended(11, 1200);
        }
        peer.closed(0);

        assertThat(peer.forgettable(beat)).isEqualTo(forgettable);
    }
}
