package dev.windrose.decide.health;

/** Sanitizes text from outside for logs and terminals. */
final class CauseText {

    private static final int AT_MOST = 400;

    /**
     * The text on one line of printable characters: others are written as a backslash, {@code u} and their code in
     * hexadecimal; long texts are truncated.
     */
    static String printable(String text) {
        if (text.length() <= AT_MOST && text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (plain.length() < AT_MOST) {
                if (isPrintable(c)) {
                    plain.appendCodePoint(c);
                } else {
                    plain.append(String.format("\\u%04X", c));
                }
            }
        });
        return plain.length() < AT_MOST ? plain.toString() : plain + "...";
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private CauseText() {}
}
