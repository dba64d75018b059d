package dev.windrose.model;

import java.util.regex.Pattern;

/** The form of every name that a user gives to a rule, a region or an area. */
public final class Identifier {

    /** 1 to 63 characters; safe in paths, entity ids, file names and labels. */
    public static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /**
     * @param what the name of the checked thing, used in the message
     * @throws IllegalArgumentException when {@code value} does not have the form
     */
    public static String require(String what, String value) {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(what + ": '" + abbreviated(value) + "' (expected: " + FORM + ")");
        }
        return value;
    }

    private static String abbreviated(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "...";
    }

    private Identifier() {}
}
