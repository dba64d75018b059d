package dev.windrose.live.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeedTest {

    private final Feed<Integer> feed = new Feed<>("numbers", 0);
    private final List<Integer> one = new ArrayList<>();
    private final List<Integer> other = new ArrayList<>();

    @Test
    void everyListenerGetsTheNewestValueAndAllThatFollow() {
        feed.subscribe(one::add);
        feed.publish(1);
        feed.subscribe(other::add);
        feed.publish(2);
        assertThat(one).containsExactly(0, 1, 2);
        assertThat(other).containsExactly(1, 2);
        assertThat(feed.newest()).isEqualTo(2);
    }

    @Test
    void aSubscriptionThatEndedGetsNothingMoreAndTheOthersDo() {
        Feed.Subscription first = feed.subscribe(one::add);
        Feed.Subscription second = feed.subscribe(one::add);
        first.close();
        first.close();
        feed.publish(1);
        assertThat(one).containsExactly(0, 0, 1);
        second.close();
        feed.publish(2);
        assertThat(one).containsExactly(0, 0, 1);
    }

    @Test
    void aListenerThatFailsTakesNothingFromTheOthersAndIsGivenTheNextValue() {
        feed.subscribe(value -> {
            one.add(value);
            throw new IllegalStateException("a listener that fails");
        });
        feed.subscribe(other::add);
        feed.publish(1);
        feed.publish(2);
        assertThat(one).containsExactly(0, 1, 2);
        assertThat(other).containsExactly(0, 1, 2);
    }

    @Test
    void aListenerMaySubscribeAndEndItsSubscriptionFromWithin() {
        List<Feed.Subscription> own = new ArrayList<>();
        own.add(feed.subscribe(value -> {
            one.add(value);
            if (value == 1) {
                own.get(0).close();
                feed.subscribe(other::add);
            }
        }));
        feed.publish(1);
        feed.publish(2);
        assertThat(one).containsExactly(0, 1);
        assertThat(other).containsExactly(1, 2);
    }

    @Test
    void aListenerThatAnotherOneEndsIsNotGivenTheValueOfThatMoment() {
        List<Feed.Subscription> ended = new ArrayList<>();
        feed.subscribe(value -> ended.forEach(Feed.Subscription::close));
        ended.add(feed.subscribe(one::add));
        feed.publish(1);
        assertThat(one).containsExactly(0);
    }

    /** Whoever subscribes while others publish misses nothing after its first value and gets nothing twice. */
    @Test
    void nothingIsMissedOrOutOfOrderWhileAnotherThreadPublishes() throws Exception {
        int last = 20_000;
        List<List<Integer>> given = new ArrayList<>();
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        try {
            Future<?> published =
                    publisher.submit(() -> IntStream.rangeClosed(1, last).forEach(feed::publish));
            while (!published.isDone() && given.size() < 50) {
                List<Integer> listener = new ArrayList<>();
                given.add(listener);
                feed.subscribe(listener::add);
            }
            published.get();
        } finally {
            publisher.shutdown();
        }
        for (List<Integer> listener : given) {
            assertThat(listener)
                    .isEqualTo(
                            IntStream.rangeClosed(listener.get(0), last).boxed().toList());
        }
    }
}
