package dev.windrose.model;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What somebody is to Windrose. Stands in journals by its name: constants are added and never renamed. */
public enum Role {
    VIEWER(Permission.DECIDE, Permission.READ),
    OPERATOR(Permission.DECIDE, Permission.REPORT, Permission.READ, Permission.OPERATE),
    EDITOR(Permission.DECIDE, Permission.REPORT, Permission.READ, Permission.OPERATE, Permission.EDIT),
    ADMIN(
            Permission.DECIDE,
            Permission.REPORT,
            Permission.READ,
            Permission.OPERATE,
            Permission.EDIT,
            Permission.AUDIT,
            Permission.ADMINISTER),
    AUDITOR(Permission.READ, Permission.AUDIT),
    AGENT(Permission.DECIDE, Permission.REPORT);

    @SuppressWarnings("ImmutableEnumChecker") // Filled once and never handed out.
    private final Set<Permission> permissions;

    Role(Permission... permissions) {
        this.permissions = EnumSet.of(Permission.PUBLIC, permissions);
    }

    public boolean has(Permission permission) {
        return permissions.contains(permission);
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of that name, or null. */
    public static @Nullable Role named(String name) {
        for (Role role : values()) {
            if (role.wireName().equals(name)) {
                return role;
            }
        }
        return null;
    }
}
