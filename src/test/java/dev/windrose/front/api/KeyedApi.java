package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.access.KeyText;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.FixedKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An API that asks for keys, and the definitions with which tests of limited callers begin. */
final class KeyedApi {

    /** The key that may do everything from the start. */
    static final KeyText ROOT = KeyText.of(FixedKey.BREAK_GLASS, new byte[KeyText.SECRET_BYTES]);

    private KeyedApi() {}

    static RunningApi start() {
        return RunningApi.start(director -> new Authenticators(
                director::catalog,
                System::currentTimeMillis,
                Map.of(FixedKey.BREAK_GLASS, FixedKey.breakGlass(ROOT.hash())),
                Authenticators.Tokens.NONE));
    }

    static Answer call(RunningApi api, String method, String path, String key, @Nullable String body) {
        return api.call(method, path, body, "Authorization", "Bearer " + key);
    }

    /** Makes a key with one grant. */
    static String key(RunningApi api, String name, String grant) {
        Answer made = call(
                api,
                "POST",
                "/api/v1/keys",
                ROOT.text(),
                "{\"name\":\"" + name + "\",\"owner\":\"ada\",\"grants\":[\"" + grant + "\"]}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.at("/key").asText();
    }

    /** Defines something that was not there. */
    static void put(RunningApi api, String path, String body) {
        Answer answer = call(api, "PUT", "/api/v1/" + path, ROOT.text(), body);
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(201);
    }

    /**
     * A rule of a team.
     *
     * @param targets names of regions in quotes, with commas between them
     */
    static String rule(String team, String targets) {
        return "{\"name\":\"x\",\"algorithm\":\"geographic\",\"target_regions\":[" + targets
                + "],\"labels\":{\"team\":\"" + team + "\"}}";
    }

    /** A geographic rule for clients in Europe, for one rule or, when that is empty, for all. */
    static String geographic(String target, String rule) {
        return "{\"source_regions\":[\"europe\"],\"target_regions\":[\"" + target + "\"],\"applies_to\":\"" + rule
                + "\"}";
    }
}
