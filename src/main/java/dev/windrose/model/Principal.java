package dev.windrose.model;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who calls, as far as the credentials say, and what they may do. */
public final class Principal {

    /** By what somebody was identified. */
    public enum Kind {
        NOBODY,
        DEV,
        KEY,
        TOKEN,
        CERTIFICATE,
        FIRST_KEY,
        BREAK_GLASS
    }

    /** Came without credentials. */
    public static final Principal MISSING = nobody("missing");

    /** Came with credentials that are not, or not any more, any of ours. */
    public static final Principal INVALID = nobody("not valid");

    public static final Principal EXPIRED = nobody("expired");

    /** Everybody on a node without keys, which listens on loopback only. */
    public static final Principal DEV =
            new Principal("dev", Kind.DEV, List.of(new Grant(Role.ADMIN, Set.of(), Map.of())), "");

    private final String name;
    private final Kind kind;
    private final List<Grant> grants;
    private final String denial;
    private final Set<Permission> somewhere;
    private final Set<Permission> everywhere;

    public static Principal of(Kind kind, String name, List<Grant> grants) {
        return new Principal(name, kind, grants, "");
    }

    /** Somebody who was not identified; {@code denial} says what was wrong with the credentials. */
    public static Principal nobody(String denial) {
        return new Principal("nobody", Kind.NOBODY, List.of(), denial);
    }

    private Principal(String name, Kind kind, List<Grant> grants, String denial) {
        this.name = name;
        this.kind = kind;
        this.grants = List.copyOf(grants);
        this.denial = denial;
        Set<Permission> any = EnumSet.of(Permission.PUBLIC);
        Set<Permission> all = EnumSet.of(Permission.PUBLIC);
        for (Grant grant : grants) {
            for (Permission permission : Permission.values()) {
                if (grant.role().has(permission)) {
                    any.add(permission);
                    if (grant.unlimited()) {
                        all.add(permission);
                    }
                }
            }
        }
        this.somewhere = any;
        this.everywhere = all;
    }

    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    public List<Grant> grants() {
        return grants;
    }

    /** What was wrong with the credentials; null when somebody was identified. */
    public @Nullable String denial() {
        return denial.isEmpty() ? null : denial;
    }

    /** Whether they may do that to something, if not to everything. */
    public boolean maySomewhere(Permission permission) {
        return somewhere.contains(permission);
    }

    /** Whether they may do that to everything. */
    public boolean mayEverywhere(Permission permission) {
        return everywhere.contains(permission);
    }

    /** Whether they may do that to something with those labels in those regions; see {@link Grant#covers}. */
    public boolean may(Permission permission, Map<String, String> labels, Collection<RegionId> regions, boolean all) {
        if (mayEverywhere(permission)) {
            return true;
        }
        for (Grant grant : grants) {
            if (grant.role().has(permission) && grant.covers(labels, regions, all)) {
                return true;
            }
        }
        return false;
    }

    /** Whether they may do that to something in the region, if it has the labels that are asked for. */
    public boolean mayName(Permission permission, RegionId region) {
        for (Grant grant : grants) {
            if (grant.role().has(permission)
                    && (grant.regions().isEmpty() || grant.regions().contains(region))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return name;
    }
}
