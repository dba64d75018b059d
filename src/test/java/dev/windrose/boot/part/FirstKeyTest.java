package dev.windrose.boot.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.boot.Capabilities;
import dev.windrose.boot.ConfiguredKeys;
import dev.windrose.boot.settings.HealthSection;
import dev.windrose.boot.settings.Settings;
import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.OidcSettings;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node without --dev, and what it lets in at its first start. */
class FirstKeyTest {

    private static final KeyText ADMIN = KeyText.of("ada", new byte[KeyText.SECRET_BYTES]);

    @TempDir
    Path dir;

    private final AtomicReference<Catalog> catalog = new AtomicReference<>();
    private final List<String> said = new ArrayList<>();
    private DataDir dataDir;

    @BeforeEach
    void open() {
        dataDir = DataDir.open(dir);
        catalog.set(Catalog.empty(
                Capabilities.devSettings(new Settings.Sources(null, Map.of("windrose.node.region", "a"), Map.of()))
                        .of(HealthSection.HEALTH)
                        .check()));
    }

    @AfterEach
    void close() {
        dataDir.close();
    }

    private Authenticator start(String breakGlassHash) {
        return AccessPart.doorkeeper(
                new AccessSettings(
                        false,
                        breakGlassHash,
                        new OidcSettings("", "", null, Set.of(), "windrose", "sub", Duration.ZERO, Duration.ZERO)),
                dataDir,
                catalog::get,
                System::currentTimeMillis,
                Authenticators.Tokens.NONE,
                said::add);
    }

    private void admin() {
        admin(ADMIN.hash().substring(0, 16));
    }

    /** @param used null as versions before 2 made it */
    private void admin(@Nullable String used) {
        admin(used, "99999999999999");
    }

    private void admin(@Nullable String used, String expires) {
        Map<String, String> fields = new HashMap<>(Map.of(
                Fields.OWNER, "ada", Fields.GRANTS, "admin", Fields.HASH, ADMIN.hash(), Fields.EXPIRES, expires));
        if (used != null) {
            fields.put(Fields.USED_HASH, used);
        }
        DefinitionState state = DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, fields, new Stamp(1, "a"), "first-key", ""));
        catalog.set(catalog.get().with(Map.of(DefinitionKey.key("ada"), state)));
    }

    private String firstKey() throws IOException {
        return Files.readString(dir.resolve(FirstKey.FILE)).strip();
    }

    @Test
    void liesWhereOnlyTheNodesUserReadsItAndIsTheOnlyWayIn() throws IOException {
        Authenticator access = start("");

        assertThat(access.identify(null, null)).isEqualTo(Principal.MISSING);
        assertThat(access.identify("", null)).isEqualTo(Principal.INVALID);
        assertThat(access.identify(firstKey(), null).mayEverywhere(Permission.ADMINISTER))
                .isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(FirstKey.FILE))))
                .isEqualTo("rw-------");
        assertThat(said)
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).contains(FirstKey.FILE).doesNotContain("wr."));
    }

    @Test
    void staysGoodWhileTheAdminsKeyThatWasMadeHasNotBeenUsed() throws IOException {
        String key = firstKeyOf(start(""));
        Authenticator access = start("");

        admin("");

        assertThat(access.identify(key, null).kind()).isEqualTo(Principal.Kind.FIRST_KEY);
        assertThat(start("").identify(key, null).kind()).as("after a restart").isEqualTo(Principal.Kind.FIRST_KEY);
        List<String> used = new ArrayList<>();
        ((Authenticators) access).whenUsed(each -> used.add(each.name()));
        access.identify(ADMIN.text(), null);
        access.identify(ADMIN.text(), null);
        assertThat(used).as("told once").containsExactly("ada");
        admin(ADMIN.hash().substring(0, 16));
        assertThat(access.identify(key, null)).isEqualTo(Principal.INVALID);
    }

    @Test
    void isTheSameAfterARestartAndEndsWithTheFirstAdmin() throws IOException {
        String key = firstKeyOf(start(""));
        Authenticator access = start("");
        assertThat(access.identify(key, null).kind()).isEqualTo(Principal.Kind.FIRST_KEY);

        admin();

        assertThat(access.identify(key, null)).isEqualTo(Principal.INVALID);
        assertThat(access.identify(ADMIN.text(), null).name()).isEqualTo("key:ada");
        assertThat(start("").identify(key, null)).isEqualTo(Principal.INVALID);
        assertThat(dir.resolve(FirstKey.FILE)).doesNotExist();
    }

    @Test
    void doesNotComeAliveAgainWithAnUpgradeOrWithoutAdmins() throws IOException {
        Authenticator access = start("");
        String key = firstKeyOf(access);
        admin(null);
        assertThat(access.identify(key, null))
                .as("the admin's key was made by a version that records no use")
                .isEqualTo(Principal.INVALID);
        assertThat(start("").identify(key, null)).as("after a restart").isEqualTo(Principal.INVALID);
        admin("");
        assertThat(access.identify(key, null)).as("it was over once").isEqualTo(Principal.INVALID);
    }

    private String firstKeyOf(Authenticator access) throws IOException {
        assertThat(access.identify(firstKey(), null).denial()).isNull();
        return firstKey();
    }

    @Test
    void theKeyForTheDayOnWhichNothingElseWorksNeedsNobody() {
        ConfiguredKeys.Made made = ConfiguredKeys.breakGlass();
        Authenticator access = start(made.hash());
        admin();

        assertThat(access.identify(made.key(), null).kind()).isEqualTo(Principal.Kind.BREAK_GLASS);
        assertThat(access.identify(ConfiguredKeys.breakGlass().key(), null)).isEqualTo(Principal.INVALID);
    }

    @Test
    void anAdminWhoseKeyHasExpiredIsNone() throws IOException {
        admin(ADMIN.hash().substring(0, 16), "1");

        Authenticator access = start("");

        assertThat(access.identify(ADMIN.text(), null)).isEqualTo(Principal.EXPIRED);
        assertThat(access.identify(firstKey(), null).mayEverywhere(Permission.ADMINISTER))
                .isTrue();
    }
}
