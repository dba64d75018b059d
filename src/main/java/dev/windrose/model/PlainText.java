package dev.windrose.model;

/**
 * Whether people see all of a text that somebody else wrote. Names, reasons and owners stand in lists, logs, terminals and the
 * audit: one that runs from right to left, begins a new line or holds what is not seen looks like another.
 */
public final class PlainText {

    /** Letters and signs by their kind in Unicode, that show as nothing. */
    private static final int[] BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0};

    /** Free of controls, line separators, marks of direction, what shows as nothing, and halves of surrogate pairs. */
    public static boolean is(String text) {
        return text.codePoints().noneMatch(PlainText::isHidden);
    }

    private static boolean isHidden(int point) {
        for (int blank : BLANK) {
            if (point == blank) {
                return true;
            }
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private PlainText() {}
}
