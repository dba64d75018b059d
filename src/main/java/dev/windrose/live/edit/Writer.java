package dev.windrose.live.edit;

import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import org.jspecify.annotations.Nullable;

/** The author of an edit and its authority. Every edit has one, and it alone determines what the edit may do. */
public sealed interface Writer {

    /** As the journal and the audit name them. */
    String author();

    /**
     * An authenticated caller, limited by its grants.
     *
     * @param permission the permission that admitted the call
     * @param operated the one target of a rule that is operated on; null for the whole definition
     */
    record Person(
            Principal principal,
            Permission permission,
            @Nullable RegionId operated,
            String author) implements Writer {}

    /**
     * A part of Windrose that acts automatically, under the identity of its region. No grant limits it: it can only
     * write what its own code writes.
     */
    record Automatic(String author) implements Writer {

        public static Automatic of(RegionId region) {
            return new Automatic("windrose@" + region);
        }
    }
}
