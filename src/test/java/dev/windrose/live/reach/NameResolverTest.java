package dev.windrose.live.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of names whose name servers are silent, and of the others meanwhile. */
class NameResolverTest {

    private final CountDownLatch silence = new CountDownLatch(1);
    private final Map<String, Boolean> silent = new ConcurrentHashMap<>();
    private final ExecutorService known = Executors.newFixedThreadPool(2);
    private final ExecutorService fresh = Executors.newFixedThreadPool(8);
    private final ExecutorService late = Executors.newFixedThreadPool(1);
    private final NameResolver names =
            new NameResolver(this::resolve, new NameResolver.Lanes(known, fresh, late), Duration.ZERO);

    private final AtomicInteger asked = new AtomicInteger();

    private InetAddress[] resolve(String name) throws IOException {
        asked.incrementAndGet();
        if (name.startsWith("error")) {
            throw new StackOverflowError();
        }
        if (name.endsWith(".silent.example") || silent.containsKey(name)) {
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(name);
            }
        }
        return new InetAddress[] {InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1})};
    }

    @AfterEach
    void end() {
        silence.countDown();
        List.of(known, fresh, late).forEach(ExecutorService::shutdownNow);
    }

    private static InetAddress[] waited(CompletableFuture<InetAddress[]> looked) throws Exception {
        return looked.get(10, TimeUnit.SECONDS);
    }

    @Test
    void manyNamesOfOneSilentDomainDoNotKeepNewNamesOfOthersWaiting() throws Exception {
        List<CompletableFuture<InetAddress[]>> waiting = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            waiting.add(names.look("n" + i + ".silent.example"));
        }
        assertThat(waited(names.look("www.windrose.test"))).hasSize(1);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        silence.countDown();
        for (CompletableFuture<InetAddress[]> one : waiting) {
            assertThat(waited(one)).hasSize(1);
        }
    }

    @Test
    void aNameThatGoesSilentIsAnsweredAsItWasLast() throws Exception {
        for (int i = 0; i < 50; i++) {
            waited(names.look("n" + i + ".windrose.test"));
        }
        for (int i = 0; i < 50; i++) {
            silent.put("n" + i + ".windrose.test", true);
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 50; i++) {
                CompletableFuture<InetAddress[]> looked = names.look("n" + i + ".windrose.test");
                assertThat(round == 0 || looked.isDone()).as("at once").isTrue();
                assertThat(waited(looked)).hasSize(1);
            }
        }
        assertThat(silence.getCount()).isEqualTo(1);
    }

    @Test
    void aNameIsLookedUpAgainWhenItsTimeIsOverAndNotBefore() throws Exception {
        NameResolver kept =
                new NameResolver(this::resolve, new NameResolver.Lanes(known, fresh, late), Duration.ofHours(1));
        for (int i = 0; i < 5; i++) {
            assertThat(waited(kept.look("www.windrose.test"))).hasSize(1);
        }
        assertThat(asked).hasValue(1);
        for (int i = 0; i < 5; i++) {
            assertThat(waited(names.look("www.windrose.test"))).hasSize(1);
        }
        assertThat(asked).hasValue(6);
    }

    @Test
    void anErrorOfALookUpIsToldAndTheNameAskedForAgain() {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> waited(names.look("error.windrose.test")))
                    .hasRootCauseInstanceOf(StackOverflowError.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"a.b.example.com, example.com", "Example.COM., example.com", "example.com, example.com", "host, host"})
    void theParentIsTheLastTwoLabels(String name, String parent) {
        assertThat(NameResolver.parent(name)).isEqualTo(parent);
    }

    @Test
    void checksOfferNoSuitesWhoseGroupTheServerChooses() throws NoSuchAlgorithmException {
        assertThat(OutboundLoop.engine(SSLContext.getDefault(), "windrose.test", 443)
                        .getSSLParameters()
                        .getCipherSuites())
                .noneMatch(suite -> suite.contains("_DHE_"))
                .anyMatch(suite -> suite.contains("_ECDHE_"));
    }
}
