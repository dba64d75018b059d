package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentClientsTest {

    @Test
    void tellsOfTheLastDecisionsAndNothingOfOthers() {
        RecentClients clients = new RecentClients();
        Forall.cases(random -> {
            long id = random.nextLong();
            long place = random.nextLong();
            long within = random.nextLong();
            clients.put(id, place, within);
            long[] found = new long[2];
            assertThat(clients.get(id, found)).isTrue();
            assertThat(found).containsExactly(place, within);
            assertThat(clients.get(id ^ 1 << random.nextInt(63), found)).isFalse();
        });
    }

    @Test
    void mostOfTheLastTenThousandAreThere() {
        RecentClients clients = new RecentClients();
        int found = 0;
        for (long id = 0; id < 10_000; id++) {
            clients.put(0xABC0_0010_0700_0000L + id, id + 1, 7);
        }
        for (long id = 0; id < 10_000; id++) {
            long[] places = new long[2];
            if (clients.get(0xABC0_0010_0700_0000L + id, places)) {
                found++;
                assertThat(places).containsExactly(id + 1, 7);
            }
        }
        assertThat(found).isGreaterThan(9000);
    }

    /** Writers race for few slots; whatever a reader is told belongs together. */
    @Test
    void wordsOfTwoWritersAreNeverTakenForOne() throws Exception {
        RecentClients clients = new RecentClients();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong read = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        // Ids that fall on one slot: found by trying.
        long[] ids = colliding(clients, 16);
        // What the trying left is there until a writer comes.
        clients.put(ids[0], ids[0] * 3, ids[0] * 5);
        for (int writer = 0; writer < 2; writer++) {
            int seed = writer;
            writers.add(CompletableFuture.runAsync(() -> {
                SplittableRandom random = new SplittableRandom(seed);
                while (!stop.get()) {
                    long id = ids[random.nextInt(ids.length)];
                    clients.put(id, id * 3, id * 5);
                }
            }));
        }
        long[] places = new long[2];
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 3_000_000; i++) {
            long id = ids[random.nextInt(ids.length)];
            if (clients.get(id, places)) {
                read.incrementAndGet();
                wrong.addAndGet(places[0] == id * 3 && places[1] == id * 5 ? 0 : 1);
            }
        }
        stop.set(true);
        CompletableFuture.allOf(writers.toArray(new CompletableFuture<?>[0])).get();
        assertThat(read.get()).isPositive();
        assertThat(wrong.get()).isZero();
    }

    private static long[] colliding(RecentClients clients, int many) {
        long[] ids = new long[many];
        int found = 0;
        for (long id = 1; found < many; id++) {
            clients.put(1, 1, 1);
            clients.put(id, 2, 2);
            if (!clients.get(1, new long[2]) || id == 1) {
                ids[found++] = id;
            }
        }
        return ids;
    }
}
