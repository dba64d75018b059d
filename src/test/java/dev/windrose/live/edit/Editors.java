package dev.windrose.live.edit;

import dev.windrose.decide.health.Checks;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.table.Director;
import java.util.Set;

/** Editors for tests of what edits by itself. */
public final class Editors {

    /** One that keeps no audit and knows no regions but those that are registered. */
    public static Editor of(DefinitionGateway gateway, Director director) {
        return new Editor(
                director,
                () -> gateway,
                Checks.DEFAULTS,
                Set.of(),
                event -> {},
                System::currentTimeMillis,
                Runnable::run);
    }

    private Editors() {}
}
