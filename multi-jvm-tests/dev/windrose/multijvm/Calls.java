package dev.windrose.multijvm;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a process that edits rules did to its journal's files, from the lines of {@code strace -f -y -xx}. */
final class Calls {

    enum Kind {
        WRITE,
        TRUNCATE,
        FORCE,
        DELETE,
        ACKNOWLEDGED
    }

    /**
     * One call.
     *
     * @param at offset of a write, new length, or the rule whose edit was acknowledged
     * @param length the number of that edit
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Call(Kind kind, String file, long at, long length, byte[] bytes) {}

    private static final String HEX = "((?:\\\\x[0-9a-f]{2})*)";
    private static final Pattern ON_A_FILE = Pattern.compile("^(\\d+) +(write|pwrite64|fsync|fdatasync|ftruncate)\\((\\d+)<"
            + HEX + ">(?:, (?:\"" + HEX + "\", \\d+|(\\d+)))?(?:, (\\d+))?.*");
    private static final Pattern DELETED = Pattern.compile("^\\d+ +unlink\\(\"" + HEX + "\".*");
    private static final Pattern FORCED = Pattern.compile("^(\\d+) +<\\.\\.\\. f(?:data)?sync resumed>.*= 0$");
    private static final Pattern SAID = Pattern.compile("ack (\\d+) (\\d+)\n");
    private static final byte[] NONE = {};

    private final int rules;
    private final Map<String, String> forcing = new HashMap<>();
    private boolean ready = false;

    Calls(int rules) {
        this.rules = rules;
    }

    /** The process has read its journal and begins to edit. */
    boolean ready() {
        return ready;
    }

    /** What a line tells of the journal; null when nothing. A write counts when it begins, a force when it has ended. */
    @Nullable
    Call next(String line) {
        Matcher forced = FORCED.matcher(line);
        if (forced.matches()) {
            String file = forcing.remove(forced.group(1));
            return file == null ? null : new Call(Kind.FORCE, file, -1, 0, NONE);
        }
        Matcher deleted = DELETED.matcher(line);
        if (deleted.matches()) {
            String file = text(deleted.group(1));
            return ours(file) ? new Call(Kind.DELETE, file, -1, 0, NONE) : null;
        }
        Matcher call = ON_A_FILE.matcher(line);
        return call.matches() ? onAFile(call, line) : null;
    }

    private @Nullable Call onAFile(Matcher call, String line) {
        if (call.group(2).equals("write")) {
            return call.group(3).equals("1") ? said(text(call.group(5))) : null;
        }
        String file = text(call.group(4));
        if (!ours(file)) {
            return null;
        }
        return switch (call.group(2)) {
            case "pwrite64" -> new Call(Kind.WRITE, file, Long.parseLong(call.group(7)), 0, bytes(call.group(5)));
            case "ftruncate" -> new Call(Kind.TRUNCATE, file, Long.parseLong(call.group(6)), 0, NONE);
            default -> {
                if (line.endsWith("= 0")) {
                    yield new Call(Kind.FORCE, file, -1, 0, NONE);
                }
                forcing.put(call.group(1), file);
                yield null;
            }
        };
    }

    private @Nullable Call said(String text) {
        ready |= text.startsWith("ready");
        Matcher said = SAID.matcher(text);
        return said.matches() && Integer.parseInt(said.group(1)) < rules
                ? new Call(
                        Kind.ACKNOWLEDGED, "", Long.parseLong(said.group(1)), Long.parseLong(said.group(2)), NONE)
                : null;
    }

    private static boolean ours(String file) {
        return file.contains("/journal.db");
    }

    private static String text(@Nullable String hex) {
        return hex == null ? "" : new String(bytes(hex), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace("\\x", ""));
    }
}
