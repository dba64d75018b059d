package dev.windrose.live.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.live.journal.Journals;
import dev.windrose.watch.AuditMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit on a real database, which is away at times. */
class AuditLogTest {

    @TempDir
    private Path files;

    private final DataSource database = Journals.tables();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private boolean there = true;
    private AuditLog log;

    @BeforeEach
    void open() throws Exception {
        log = log();
    }

    private AuditLog log() {
        return log(Runnable::run);
    }

    private AuditLog log(Executor waiting) {
        return new AuditLog(
                "us-east-1/a:1",
                new AuditSettings(Duration.ofDays(10)),
                new WaitingEvents(file()),
                this::database,
                waiting,
                Runnable::run,
                now::get,
                new AuditMeters(registry));
    }

    private Path file() {
        return files.resolve("audit.waiting");
    }

    private DataSource database() {
        return there ? database : null;
    }

    private AuditEvent event(String who, int status, int number) {
        return new AuditEvent(
                now.get(),
                who,
                "192.0.2.1",
                "r-" + number,
                "PUT",
                "/api/v1/rules/web",
                status,
                "",
                Map.of(),
                Map.of("name", "n" + number),
                "",
                1);
    }

    private List<AuditEntry> written() {
        return log.reader().read(log.chain(), 0, 100_000).toCompletableFuture().join();
    }

    @Test
    void whatWasWrittenIsReadAndFollowsAfterARestart() {
        log.record(event("ada", 200, 1));
        log = log();
        log.record(event("ada", 200, 2));

        List<AuditEntry> entries = written();
        assertThat(entries).extracting(AuditEntry::sequence).containsExactly(1L, 2L);
        assertThat(AuditChain.verify(entries.iterator(), List.of()).wrong()).isNull();
        assertThat(log.reader()
                        .lines("us-east-1/a:1", 0, 10)
                        .toCompletableFuture()
                        .join())
                .containsExactlyElementsOf(entries.stream().map(AuditJson::line).toList());
        assertThat(log.reader().chains().toCompletableFuture().join())
                .containsExactly(Map.entry(
                        "us-east-1/a:1",
                        new AuditChain.Seen(1, 2, entries.get(1).hash())));
    }

    @Test
    void aPoolThatRefusesOnceDoesNotEndTheWriting() {
        AtomicBoolean refuses = new AtomicBoolean(true);
        log = log(task -> {
            if (refuses.get()) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        CompletionStage<?> recorded = log.record(event("ada", 200, 1));
        assertThat(log.flush().toCompletableFuture()).isCompletedExceptionally();
        assertThat(recorded.toCompletableFuture()).isNotDone();

        refuses.set(false);
        log.flush();

        assertThat(recorded.toCompletableFuture()).isCompleted();
        assertThat(written()).hasSize(1);
    }

    @Test
    void theFileOfWhatWaitsHasTheNewestAndCanBeShortened() throws Exception {
        WaitingEvents waiting = new WaitingEvents(file());
        List<AuditEvent> events =
                IntStream.range(0, 30).mapToObj(i -> event("ada", 200, i)).toList();
        waiting.add(events);
        assertThat(waiting.lines()).isEqualTo(30);
        assertThat(new WaitingEvents(file()).read(10)).isEqualTo(events.subList(20, 30));

        waiting.replace(events.subList(25, 30));

        assertThat(waiting.lines()).isEqualTo(5);
        assertThat(Files.readAllLines(file())).hasSize(5);
        assertThat(new WaitingEvents(file()).read(10)).isEqualTo(events.subList(25, 30));
    }

    @Test
    void whileTheDatabaseIsAwayChangesAreKeptInTheFile() {
        there = false;
        CompletionStage<?> kept = log.record(event("ada", 200, 1));
        assertThat(kept.toCompletableFuture()).isCompleted();
        assertThat(file()).exists();

        there = true;
        log.flush();

        assertThat(written()).hasSize(1);
        assertThat(file()).doesNotExist();
    }

    @Test
    void whoeverIsAnsweredWhileTheDatabaseHangsIsInTheFile() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        ExecutorService waiting = Executors.newFixedThreadPool(2);
        AuditLog hanging = new AuditLog(
                "us-east-1/a:1",
                new AuditSettings(Duration.ofDays(10)),
                new WaitingEvents(file()),
                () -> {
                    try {
                        hangs.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return null;
                },
                waiting,
                waiting,
                now::get,
                new AuditMeters(registry));
        try {
            List<CompletableFuture<?>> answered = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answered.add(hanging.record(event("ada", 200, i)).toCompletableFuture());
            }
            while (!answered.stream().allMatch(CompletableFuture::isDone)) {
                hanging.flush();
                LockSupport.parkNanos(10_000_000);
            }

            // As after a kill: what has been answered is there, each once.
            log = log();
            log.flush();
            areWrittenOnce(5);
        } finally {
            hangs.countDown();
            waiting.shutdown();
            assertThat(waiting.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void areWrittenOnce(int changes) {
        List<AuditEntry> entries = written();
        assertThat(entries)
                .extracting(
                        entry -> entry.event().requestId() + " " + entry.event().count())
                .containsExactlyElementsOf(IntStream.range(0, changes)
                        .mapToObj(i -> "r-" + i + " 1")
                        .toList());
        assertThat(AuditChain.verify(entries.iterator(), List.of()).wrong()).isNull();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1300})
    void whatWaitsOutlivesTheProcess(int changes) {
        there = false;
        for (int i = 0; i < changes - 1; i++) {
            log.record(event("ada", 200, i));
        }
        log = log();
        log.record(event("ada", 200, changes - 1));
        log = log();
        there = true;
        log.flush();

        areWrittenOnce(changes);
        log.record(event("ada", 200, changes));
        areWrittenOnce(changes + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1300})
    void whatTheDatabaseHasAlreadyIsNotWrittenAgain(int changes) throws IOException {
        there = false;
        for (int i = 0; i < changes; i++) {
            log.record(event("ada", 200, i));
        }
        byte[] left = Files.readAllBytes(file());
        there = true;
        log.flush();
        // As if it had been killed before the file was gone.
        Files.write(file(), left);
        log = log();
        log.flush();

        areWrittenOnce(changes);
    }

    @Test
    void refusalsThatWaitAreCountedRight() {
        there = false;
        for (int i = 0; i < 3; i++) {
            log.record(event("nobody", 401, i));
        }
        log.flush();
        log.record(event("nobody", 401, 3));
        log.flush();
        log = log();
        there = true;
        log.flush();

        assertThat(written()).extracting(entry -> entry.event().count()).containsExactly(3L, 1L);
    }

    @Test
    void atTheEndItSaysWhatIsWhere() throws Exception {
        log.record(event("ada", 200, 1));
        assertThat(log.close(Duration.ofSeconds(1)).toCompletableFuture().get()).isEqualTo(new AuditLog.Left(0, 0));

        there = false;
        log.record(event("ada", 200, 2));
        log.record(event("ada", 200, 3));
        assertThat(log.close(Duration.ofSeconds(1)).toCompletableFuture().get()).isEqualTo(new AuditLog.Left(2, 0));
        assertThat(new WaitingEvents(file()).read(10)).hasSize(2);

        // Neither a database nor a place for the file.
        Files.delete(file());
        Files.createDirectory(file());
        log.record(event("ada", 200, 4));
        assertThat(log.close(Duration.ofSeconds(1)).toCompletableFuture().get()).isEqualTo(new AuditLog.Left(2, 1));
    }

    @Test
    void aLineThatWasCutOffIsPassedOver() throws IOException {
        there = false;
        log.record(event("ada", 200, 0));
        log.record(event("ada", 200, 1));
        String all = Files.readString(file());
        Files.writeString(file(), all.substring(0, all.length() - 20));
        log = log();
        there = true;
        log.flush();

        areWrittenOnce(1);
    }

    @Test
    void refusalsAlikeAreOneEntryThatSaysHowMany() {
        for (int i = 0; i < 1000; i++) {
            log.record(event("nobody", 401, i));
        }
        log.record(event("key:ci", 403, 0));
        log.flush();
        log.record(event("nobody", 401, 0));
        log.flush();

        assertThat(written())
                .extracting(entry -> entry.event().who() + " " + entry.event().count())
                .containsExactly("nobody 1000", "key:ci 1", "nobody 1");
    }

    @Test
    void whatFoundNoRoomIsCounted() {
        List<Runnable> later = new ArrayList<>();
        log = log(later::add);
        for (int i = 0; i < 10_005; i++) {
            log.record(event("ada-" + i, 200, i));
        }
        later.forEach(Runnable::run);

        List<AuditEntry> entries = written();
        assertThat(entries).hasSize(10_001);
        assertThat(entries)
                .filteredOn(entry -> entry.event().who().equals("windrose"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.event().count()).isEqualTo(5));
        assertThat(AuditChain.verify(entries.iterator(), List.of()).wrong()).isNull();
        assertThat(registry.get(AuditMeters.LOST).counter().count()).isEqualTo(5);
    }

    @Test
    void entriesAreWrittenOnceWhenOldOnesCannotBeDropped() throws SQLException {
        log.record(event("ada", 200, 1));
        now.addAndGet(Duration.ofDays(20).toMillis());
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TRIGGER kept BEFORE DELETE ON \"audit\" BEGIN SELECT RAISE(ABORT, 'no'); END");
        }

        assertThat(log.record(event("ada", 200, 2))).isCompleted();
        log.flush();
        assertThat(written()).extracting(AuditEntry::sequence).containsExactly(1L, 2L);
    }

    @ParameterizedTest(name = "{0} old ones")
    @ValueSource(ints = {1, 1000, 2500})
    void whatIsOldIsDroppedAndTheRestStillFollows(int old) throws SQLException {
        List<AuditEvent> before = new ArrayList<>();
        for (int i = 0; i < old; i++) {
            before.add(event("ada", 200, i));
        }
        new AuditTable(database).append(log.chain(), before);
        now.addAndGet(Duration.ofDays(11).toMillis());
        log.record(event("ada", 200, 3));
        log.record(event("ada", 200, 4));

        assertThat(written()).extracting(AuditEntry::sequence).containsExactly(old + 1L, old + 2L);
        assertThat(AuditChain.verify(written().iterator(), List.of()).wrong()).isNull();
    }

    @Test
    void aRowThatSomebodyChangesInTheDatabaseIsFound() throws Exception {
        for (int i = 0; i < 5; i++) {
            log.record(event("ada", 200, i));
        }
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE \"audit\" SET \"body\" = REPLACE(\"body\", 'n2', 'x2') WHERE \"sequence\" = 3");
        }

        AuditChain.Verified verified = AuditChain.verify(written().iterator(), List.of());

        assertThat(verified.wrong()).contains("entry 3").contains("was altered");
        assertThat(verified.entries()).isEqualTo(2);
    }
}
