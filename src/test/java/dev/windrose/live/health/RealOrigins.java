package dev.windrose.live.health;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.windrose.live.tls.MadeCertificates;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Servers that are in use elsewhere, those of them that are on this machine, on loopback. Each answers {@code /health} with 200 and
 * everything else with an error, by plain HTTP, by TLS 1.2 and 1.3, and to a server name only.
 */
final class RealOrigins implements AutoCloseable {

    /** @param keepAliveMs for which it keeps connections that are idle */
    record Origin(String program, String url, int keepAliveMs) {}

    private static final int[] KEEP_ALIVE_SECONDS = {1, 75};

    private final Path dir;
    private final MadeCertificates certificates;
    private final List<Origin> origins = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "origin");
        thread.setDaemon(true);
        return thread;
    });

    /** @param certificates with one of the name {@code origin} */
    RealOrigins(MadeCertificates certificates) throws Exception {
        this.certificates = certificates;
        dir = Files.createTempDirectory("origins");
        // Some give up their rights before they read what they serve.
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        write("health", "well");
        write("origin.pem", Files.readString(certificates.file("origin.pem")));
        write("origin.key", Files.readString(certificates.file("origin.key")));
        write(
                "both.pem",
                Files.readString(certificates.file("origin.pem")) + Files.readString(certificates.file("origin.key")));
        try {
            for (int seconds : KEEP_ALIVE_SECONDS) {
                nginx(seconds);
                apache(seconds);
                haproxy(seconds);
                node(seconds);
            }
            python();
            jdk();
            awaitAll();
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    List<Origin> origins() {
        return origins;
    }

    /** Programs that are not on this machine. */
    List<String> missing() {
        return missing.stream().distinct().toList();
    }

    private String write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    /** A port that is free at 127.0.0.1 and ::1. */
    private static int port() throws IOException {
        try (ServerSocket four = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServerSocket six = new ServerSocket(four.getLocalPort(), 1, InetAddress.getByName("::1"))) {
            return six.getLocalPort();
        }
    }

    private boolean has(String program) {
        boolean there = Arrays.stream((System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin")
                        .split(File.pathSeparator))
                .anyMatch(place -> new File(place, program).canExecute());
        if (!there) {
            missing.add(program);
        }
        return there;
    }

    private void run(String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
                .start());
    }

    private void plain(String program, int port, int keepAliveSeconds) {
        for (String name : List.of("four", "six", "both")) {
            origins.add(new Origin(program, "http://" + name + ".example:" + port, keepAliveSeconds * 1000));
        }
    }

    private void encrypted(String program, int port, int keepAliveSeconds) {
        for (String name : List.of("four", "six")) {
            origins.add(new Origin(program, "https://" + name + ".example:" + port, keepAliveSeconds * 1000));
        }
    }

    private void nginx(int seconds) throws IOException {
        if (!has("nginx")) {
            return;
        }
        int[] ports = {port(), port(), port(), port()};
        String serves = "location /health { return 200 well; } location / { return 503; }\n";
        String shows = "ssl_certificate origin.pem; ssl_certificate_key origin.key;\n";
        StringBuilder text = new StringBuilder("daemon off; master_process off; user root; pid nginx" + seconds
                + ".pid; error_log stderr; events {}\nhttp { access_log off; keepalive_timeout " + seconds + "s;\n");
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            text.append(kind)
                    .append("_temp_path ")
                    .append(dir)
                    .append('/')
                    .append(kind)
                    .append(seconds)
                    .append(";\n");
        }
        text.append("server { " + listen(ports[0], "") + serves + "}\n");
        text.append("server { " + listen(ports[1], " ssl") + shows + "ssl_protocols TLSv1.2; " + serves + "}\n");
        text.append("server { " + listen(ports[2], " ssl") + shows + "ssl_protocols TLSv1.3; " + serves + "}\n");
        text.append("server { " + listen(ports[3], " ssl default_server") + "ssl_reject_handshake on; }\n");
        text.append("server { " + listen(ports[3], " ssl") + "server_name four.example six.example; " + shows + serves
                + "}\n}\n");
        run("nginx", "-p", dir.toString(), "-c", write("nginx" + seconds + ".conf", text.toString()));
        plain("nginx", ports[0], seconds);
        for (int i = 1; i < ports.length; i++) {
            encrypted("nginx", ports[i], seconds);
        }
    }

    private static String listen(int port, String how) {
        return "listen 127.0.0.1:" + port + how + "; listen [::1]:" + port + how + ";\n";
    }

    private void apache(int seconds) throws IOException {
        if (!has("apache2") || !Files.isDirectory(Path.of("/usr/lib/apache2/modules"))) {
            return;
        }
        int[] ports = {port(), port(), port()};
        StringBuilder text = new StringBuilder("ServerRoot " + dir + "\nPidFile apache" + seconds
                + ".pid\nServerName four.example\nErrorLog apache.log\nUser www-data\nGroup www-data\nKeepAlive On\n"
                + "KeepAliveTimeout " + seconds + "\nMaxKeepAliveRequests 7\nDocumentRoot " + dir + "\n");
        for (String module : List.of("mpm_event", "authz_core", "ssl", "alias")) {
            text.append("LoadModule ")
                    .append(module)
                    .append("_module /usr/lib/apache2/modules/mod_")
                    .append(module)
                    .append(".so\n");
        }
        text.append("<FilesMatch \"health$\">\nRequire all granted\n</FilesMatch>\n");
        for (int i = 0; i < ports.length; i++) {
            text.append("Listen 127.0.0.1:" + ports[i] + "\nListen [::1]:" + ports[i] + "\n<VirtualHost *:" + ports[i]
                    + ">\n");
            if (i > 0) {
                text.append("SSLEngine on\nSSLCertificateFile origin.pem\nSSLCertificateKeyFile origin.key\n"
                        + "SSLProtocol -all +" + (i == 1 ? "TLSv1.2" : "TLSv1.3") + "\n");
            }
            text.append("</VirtualHost>\n");
        }
        run("/usr/sbin/apache2", "-DFOREGROUND", "-f", write("apache" + seconds + ".conf", text.toString()));
        plain("apache2", ports[0], seconds);
        encrypted("apache2", ports[1], seconds);
        encrypted("apache2", ports[2], seconds);
    }

    private void haproxy(int seconds) throws IOException {
        if (!has("haproxy")) {
            return;
        }
        int[] ports = {port(), port(), port()};
        String shows = " ssl crt " + dir + "/both.pem";
        StringBuilder text = new StringBuilder("global\n maxconn 1000\ndefaults\n mode http\n timeout connect 5s\n"
                + " timeout client 100s\n timeout server 30s\n timeout http-keep-alive " + seconds
                + "s\nfrontend all\n");
        for (String address : List.of("127.0.0.1", "[::1]")) {
            text.append(" bind " + address + ":" + ports[0] + "\n");
            text.append(" bind " + address + ":" + ports[1] + shows + " ssl-max-ver TLSv1.2\n");
            text.append(" bind " + address + ":" + ports[2] + shows + " ssl-min-ver TLSv1.3 strict-sni\n");
        }
        text.append(" http-request return status 200 content-type text/plain string well if { path /health }\n"
                + " http-request return status 503\n");
        run("haproxy", "-f", write("haproxy" + seconds + ".cfg", text.toString()));
        plain("haproxy", ports[0], seconds);
        encrypted("haproxy", ports[1], seconds);
        encrypted("haproxy", ports[2], seconds);
    }

    private void node(int seconds) throws IOException {
        if (!has("node")) {
            return;
        }
        int[] ports = {port(), port(), port()};
        run("node", write("node" + seconds + ".js", """
                const fs = require('fs'), http = require('http'), https = require('https'), tls = require('tls');
                const shown = { cert: fs.readFileSync('origin.pem'), key: fs.readFileSync('origin.key') };
                const context = tls.createSecureContext(shown);
                const named = { SNICallback: (name, done) => done(null, name.endsWith('.example') ? context : undefined) };
                const answer = (q, a) => { a.statusCode = q.url === '/health' ? 200 : 500; a.end('well'); };
                for (const host of ['127.0.0.1', '::1']) {
                    const all = [http.createServer(answer),
                        https.createServer({ ...shown, maxVersion: 'TLSv1.2' }, answer),
                        https.createServer({ ...named, minVersion: 'TLSv1.3' }, answer)];
                    all.forEach((server, i) => { server.keepAliveTimeout = SECONDS * 1000; server.listen([PORTS][i], host); });
                }
                """.replace("SECONDS", Integer.toString(seconds))
                .replace("PORTS", ports[0] + "," + ports[1] + "," + ports[2])));
        plain("node", ports[0], seconds);
        encrypted("node", ports[1], seconds);
        encrypted("node", ports[2], seconds);
    }

    /** By HTTP/1.0, where nothing is kept, and by 1.1. */
    private void python() throws IOException {
        if (!has("python3")) {
            return;
        }
        int[] ports = {port(), port(), port()};
        run("python3", write("origin.py", """
                import http.server, socket, ssl, threading
                class Four(http.server.ThreadingHTTPServer):
                    daemon_threads = True
                    request_queue_size = 100
                class Six(Four):
                    address_family = socket.AF_INET6
                class Old(http.server.BaseHTTPRequestHandler):
                    protocol_version = 'HTTP/1.0'
                    timeout = 5
                    def do_GET(self):
                        self.send_response(200 if self.path == '/health' else 500)
                        if self.protocol_version == 'HTTP/1.1':
                            self.send_header('Content-Length', '4')
                        self.end_headers()
                        self.wfile.write(b'well')
                    def log_message(self, *all):
                        pass
                class New(Old):
                    protocol_version = 'HTTP/1.1'
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain('origin.pem', 'origin.key')
                for kind, host in ((Four, '127.0.0.1'), (Six, '::1')):
                    for i, port in enumerate([PORTS]):
                        server = kind((host, port), Old if i == 0 else New)
                        if i == 2:
                            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
                        threading.Thread(target=server.serve_forever).start()
                """.replace("PORTS", ports[0] + "," + ports[1] + "," + ports[2])));
        plain("python3", ports[0], 0);
        plain("python3", ports[1], 5);
        encrypted("python3", ports[2], 5);
    }

    private void jdk() throws IOException {
        SSLContext shown = certificates.of("origin").context();
        for (String protocol : List.of("", "TLSv1.2", "TLSv1.3")) {
            int port = port();
            for (String address : List.of("127.0.0.1", "::1")) {
                InetSocketAddress at = new InetSocketAddress(address, port);
                HttpServer server = protocol.isEmpty() ? HttpServer.create(at, 100) : HttpsServer.create(at, 100);
                if (server instanceof HttpsServer secure) {
                    secure.setHttpsConfigurator(new HttpsConfigurator(shown) {
                        @Override
                        public void configure(HttpsParameters parameters) {
                            SSLParameters own = getSSLContext().getDefaultSSLParameters();
                            own.setProtocols(new String[] {protocol});
                            parameters.setSSLParameters(own);
                        }
                    });
                }
                server.setExecutor(threads);
                server.createContext("/", exchange -> {
                    byte[] body = "well".getBytes(StandardCharsets.US_ASCII);
                    boolean well = exchange.getRequestURI().getPath().equals("/health");
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(well ? 200 : 500, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
                server.start();
                servers.add(server);
            }
            if (protocol.isEmpty()) {
                plain("jdk", port, 30);
            } else {
                encrypted("jdk", port, 30);
            }
        }
    }

    /** Whether every process listens everywhere. */
    private void awaitAll() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (Origin origin : origins) {
            int port = Integer.parseInt(origin.url().substring(origin.url().lastIndexOf(':') + 1));
            String address = origin.url().contains("//six.") ? "::1" : "127.0.0.1";
            while (!listens(address, port)) {
                if (System.nanoTime() - until > 0) {
                    throw new AssertionError(origin + " does not listen: "
                            + Files.readString(dir.resolve("log"), StandardCharsets.UTF_8));
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static boolean listens(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        processes.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        });
        processes.forEach(process -> {
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
        try (var files = Files.walk(dir)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // Left to the machine's own tidying.
        }
    }
}
