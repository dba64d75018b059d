package dev.windrose.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that changes something. */
public final class EditOptions {

    @Option(names = "--dry-run", description = "Shows what would be sent, and sends nothing.")
    private boolean dryRun;

    @Option(
            names = {"--author", "--owner"},
            paramLabel = "NAME",
            description = "Author, for the history. Default: $USER.")
    private @Nullable String author;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Reason, for the history.")
    private String reason = "";

    /** Whether nothing may be changed. */
    public boolean dryRun() {
        return dryRun;
    }

    /** Who wants it. */
    public String author() {
        String user = System.getenv("USER");
        return author != null ? author : user == null || user.isEmpty() ? "windrose" : user;
    }

    /** Why; refused when nobody said, for what is asked to have a reason. */
    public String requiredReason() {
        if (reason.isBlank()) {
            throw Failure.wrong("--reason: missing (expected: why it is done, for the history)");
        }
        return reason;
    }

    /** The headers of a change. */
    public String[] headers(String... more) {
        List<String> headers = new ArrayList<>(List.of("X-Windrose-Author", author()));
        if (!reason.isEmpty()) {
            headers.addAll(List.of("X-Windrose-Reason", reason));
        }
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    /** Sends a change and shows its answer; of a dry run only what would be sent. */
    public int send(
            RemoteOptions options,
            PrintWriter out,
            String method,
            String path,
            @Nullable JsonNode body,
            String... more) {
        if (dryRun) {
            ObjectNode would = JsonNodeFactory.instance.objectNode();
            would.put("would_send", method + " " + path);
            if (body != null) {
                would.set("body", body);
            }
            options.output.one(out, would);
            return Exit.DONE;
        }
        JsonNode answer =
                options.remote().call(method, path, body, headers(more)).body();
        if (answer.isMissingNode()) {
            ObjectNode done = JsonNodeFactory.instance.objectNode();
            options.output.one(out, done.put("done", method + " " + path));
        } else {
            options.output.one(out, answer);
        }
        return Exit.DONE;
    }
}
