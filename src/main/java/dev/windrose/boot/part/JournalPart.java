package dev.windrose.boot.part;

import akka.cluster.typed.Cluster;
import dev.windrose.boot.settings.DefinitionSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalFacts;
import dev.windrose.live.journal.JournalSettings;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.JournalTrial;
import dev.windrose.live.journal.MemberTable;
import dev.windrose.live.member.MemberHeartbeat;
import dev.windrose.live.member.PauseWatch;
import dev.windrose.watch.DefinitionMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database of the region, open while there is a control plane. */
public final class JournalPart implements Part {

    private static final Logger LOG = LoggerFactory.getLogger(JournalPart.class);

    private static final Duration FILES_EVERY = Duration.ofSeconds(2);

    /**
     * The open resources.
     *
     * @param watch detects pauses of this node; null where no other node shares the database
     */
    record Opened(Database database, @Nullable PauseWatch watch) {}

    final Slot<Opened> opened = new Slot<>("journal");
    private final Slot<JournalProbe> probe = new Slot<>("journal probe");
    private final Slot<ControlPlane> user = new Slot<>("control plane");
    private final SetOnce<DataPlane> plane = new SetOnce<>("journal");
    private final SetOnce<DefinitionMeters> meters = new SetOnce<>("journal");

    /** One that is shutting down, which takes a while. */
    private volatile @Nullable ControlPlane ending = null;

    @Override
    public List<Section<?>> settings() {
        return List.of(DefinitionSection.JOURNAL);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        meters.set(new DefinitionMeters(data.meters().registry(), data.meters().alarms()));
        data.running().check(RunningControlPlane.Check.JOURNAL, this::problem);
        data.lookEvery(FILES_EVERY, this::look);
    }

    /** For the journal and definitions. */
    DefinitionMeters meters() {
        return meters.get();
    }

    private JournalSettings journal() {
        return plane.get().settings().of(DefinitionSection.JOURNAL);
    }

    @Override
    public void open(ControlPlane control) {
        Database database = Database.open(journal(), meters());
        control.atEnd(database::close);
        if (database.members() == null) {
            control.keep(opened, new Opened(database, null));
            control.with(new JournalSetup(database));
            return;
        }
        PauseWatch watch =
                new PauseWatch(AkkaConfigs.takenForGoneAfter(plane.get().settings()));
        control.atEnd(watch::close);
        control.keep(opened, new Opened(database, watch));
        control.with(new JournalSetup(database, () -> watch.standstill().suspect(System.nanoTime())));
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        JournalProbe trying = new JournalProbe(
                new JournalTrial(
                        control.of(opened).database().dataSource(),
                        data.settings().of(DefinitionSection.RULE).editTimeout()),
                data.pools().control,
                data.meters().alarms());
        control.keep(user, control);
        control.whenStarted(() -> {
            control.system()
                    .scheduler()
                    .scheduleWithFixedDelay(
                            Duration.ZERO,
                            JournalProbe.EVERY,
                            trying::look,
                            control.system().executionContext());
            control.keep(probe, trying);
            control.atEnd(trying::end);
        });
    }

    /** Registers with the region's database as a member, if it has members; returns the identity of that database. */
    String entered(ControlPlane control) {
        Cluster member = Cluster.get(control.system());
        Database database = control.of(opened).database();
        JournalFacts facts = new JournalFacts(database.dataSource());
        MemberTable members = database.members();
        try {
            if (members == null) {
                return "embedded " + facts.incarnation() + " at "
                        + member.selfMember().address().hostPort();
            }
            members.named(MemberHeartbeat.named(member.selfMember()));
            return "shared " + facts.store();
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read or written", e);
        }
    }

    /** The journal's database, or null while there is none with verified tables. */
    @Nullable
    DataSource database() {
        Opened open = opened.get();
        return open == null ? null : open.database().dataSource();
    }

    /** An embedded journal whose files were removed accepts writes that will never be read. */
    boolean writesAreLost() {
        return plane.get().dataDir().problem() != null && journal().embedded();
    }

    private @Nullable String problem() {
        JournalProbe trying = probe.get();
        return trying == null ? "not probed yet" : trying.problem();
    }

    /** Ends the control plane when its embedded journal is no longer the one in the data directory. */
    private void look() {
        ControlPlane control = user.get();
        if (control != null
                && control != ending
                && plane.get().dataDir().lost()
                && journal().embedded()) {
            ending = control;
            LOG.error("control plane stops: its journal is no longer in the data directory");
            control.system().terminate();
        }
    }
}
