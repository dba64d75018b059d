package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes of the stories, sent until they are acknowledged. */
final class Writes {

    private static final int TRIES = 20;

    /** Sends a write again while the answer is that it was not done, or that this is not known; the same write is made once. */
    static Api.Answer acknowledged(Api api, String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        Api.Answer answer = answer(api, method, path, body);
        for (int i = 0; i < TRIES && (answer == null || answer.status() == 503 || answer.status() == 504); i++) {
            TimeUnit.MILLISECONDS.sleep(250);
            answer = answer(api, method, path, body);
        }
        if (answer == null || !answer.done()) {
            throw new AssertionError(method + " " + path + ": " + answer);
        }
        return answer;
    }

    /** Null when none came in time. */
    private static Api.@Nullable Answer answer(Api api, String method, String path, @Nullable String body)
            throws IOException {
        try {
            return api.call(method, path, body);
        } catch (SocketTimeoutException e) {
            return null;
        }
    }

    static void create(Api api, String rule) throws IOException, InterruptedException {
        createFrom(api, Api.rule(rule, Cluster.REGIONS.toArray(String[]::new)));
    }

    /** A rule that sends everybody to the first of its targets that is well. */
    static void createPriority(Api api, String rule, String... targets) throws IOException, InterruptedException {
        createFrom(api, Api.rule(rule, targets).replace("weighted_round_robin", "priority"));
    }

    private static void createFrom(Api api, String body) throws IOException, InterruptedException {
        acknowledged(api, "POST", "/api/v1/rules/create", body);
    }

    static void rename(Api api, String rule, String name) throws IOException, InterruptedException {
        acknowledged(api, "PATCH", "/api/v1/rules/" + rule, "{\"name\":\"" + name + "\"}");
    }

    static void weights(Api api, String rule, String body) throws IOException, InterruptedException {
        acknowledged(api, "POST", "/api/v1/rules/" + rule + "/update-weights", body);
    }

    static void remove(Api api, String rule) throws IOException, InterruptedException {
        acknowledged(api, "DELETE", "/api/v1/rules/" + rule, null);
    }

    private Writes() {}
}
