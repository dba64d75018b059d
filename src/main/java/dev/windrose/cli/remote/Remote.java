package dev.windrose.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The API of one node, as a command speaks to it. Every answer but 2xx is a {@link Failure} with its exit code. */
public final class Remote {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param etag the revision that was answered, or null */
    public record Answer(
            int status, JsonNode body, @Nullable String etag) {}

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final HttpClient client;
    private final URI server;
    private final @Nullable String token;
    private final Duration timeout;

    /**
     * @param server such as {@code http://127.0.0.1:8019}
     * @param token sent as {@code Authorization: Bearer}; null for none
     */
    public Remote(String server, @Nullable String token, Duration timeout) {
        this.server = address(server);
        this.token = token;
        this.timeout = timeout;
        if (token != null && !this.server.getScheme().equals("https") && !isLoopback(this.server.getHost())) {
            throw Failure.wrong("token: not over " + this.server + " (expected: https, or an address of this machine)");
        }
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    private static URI address(String server) {
        try {
            URI address = URI.create(server.endsWith("/") ? server.substring(0, server.length() - 1) : server);
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getRawQuery() == null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Told below, together with what is an address of something else.
        }
        throw Failure.wrong("server: '" + server + "' (expected: http://HOST:PORT or https://HOST:PORT)");
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    public URI server() {
        return server;
    }

    public Answer get(String path) {
        return call("GET", path, null);
    }

    /** A part of a path or query, written so that it stays one. */
    public static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * One call.
     *
     * @param headers names and values in turns
     */
    public Answer call(String method, String path, @Nullable JsonNode body, String... headers) {
        String text = body == null ? null : body.toString();
        return answer(checked(twice(request(method, path, text, "application/json", "application/json", headers))));
    }

    /** One call with a body of another form than JSON. */
    public Answer call(String method, String path, String body, String bodyType, String... headers) {
        return answer(checked(twice(request(method, path, body, bodyType, "application/json", headers))));
    }

    /** An answer of another form than JSON, as it is. */
    public String text(String path, String form) {
        return checked(sent(request("GET", path, null, form, form))).body();
    }

    private HttpRequest request(
            String method, String path, @Nullable String body, String bodyType, String accept, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(timeout)
                .header("Accept", accept)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", bodyType);
        }
        if (!method.equals("GET")) {
            // A repetition is known to be one, so it can do no harm.
            request.header("Idempotency-Key", UUID.randomUUID().toString());
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
        } catch (IllegalArgumentException e) {
            throw Failure.wrong("header: " + e.getMessage() + " (expected: printable characters)");
        }
        return request.build();
    }

    /** The answer; of a write that was not possible just now, or of which nobody knows, the second one. */
    private HttpResponse<String> twice(HttpRequest request) {
        HttpResponse<String> first = sent(request);
        boolean unsure = first.statusCode() == 503 || first.statusCode() == 504;
        if (!unsure || request.method().equals("GET")) {
            return first;
        }
        try {
            Thread.sleep(AGAIN_AFTER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return first;
        }
        return sent(request);
    }

    private HttpResponse<String> sent(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            String why = e.getMessage() == null ? "no connection" : e.getMessage();
            throw new Failure(
                    Exit.AWAY, "server: " + server + " does not answer, " + why + " (expected: a running node)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted");
        }
    }

    private static HttpResponse<String> checked(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status < 200 || status > 299) {
            String detail = json(response.body()).path("detail").asText("status " + status);
            throw new Failure(code(status), detail);
        }
        return response;
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                json(response.body()),
                response.headers().firstValue("ETag").orElse(null));
    }

    private static int code(int status) {
        return switch (status) {
            case 400, 422 -> Exit.FAILED;
            case 404 -> Exit.UNKNOWN;
            case 412 -> Exit.STALE;
            case 408, 429, 502, 503, 504 -> Exit.AWAY;
            default -> Exit.FAILED;
        };
    }

    private static JsonNode json(String text) {
        try {
            JsonNode read = JSON.readTree(text);
            return read == null ? MissingNode.getInstance() : read;
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
