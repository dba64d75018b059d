package dev.windrose.boot.part;

import dev.windrose.model.Masked;
import org.jspecify.annotations.Nullable;

/** Describes a failure in one line. */
public final class FailureText {

    /** The innermost message and its class; the failed part's log has the stack trace. */
    public static String oneLine(@Nullable Throwable failure) {
        if (failure == null) {
            return "none given";
        }
        Throwable cause = failure;
        for (Throwable inner = cause.getCause(); inner != null; inner = cause.getCause()) {
            cause = inner;
        }
        String message = cause.getMessage();
        String text = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return Masked.of(text.replaceAll("\\s*[\\r\\n]+\\s*", " "));
    }

    private FailureText() {}
}
