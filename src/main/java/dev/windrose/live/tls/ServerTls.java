package dev.windrose.live.tls;

import java.util.Arrays;
import javax.net.ssl.SSLEngine;

/** The server side of TLS: TLS 1.3, and 1.2 with forward secrecy. */
public final class ServerTls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final TlsFiles files;

    public ServerTls(TlsFiles files) {
        this.files = files;
    }

    /** The TLS engine for one new connection, with the current certificate. */
    public SSLEngine engine() {
        SSLEngine engine = files.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setEnabledCipherSuites(Arrays.stream(engine.getEnabledCipherSuites())
                .filter(ServerTls::modern)
                .toArray(String[]::new));
        if (files.believesOthers()) {
            engine.setWantClientAuth(true);
        }
        return engine;
    }

    static boolean modern(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_");
        return authenticated
                && (suite.startsWith("TLS_AES_")
                        || suite.startsWith("TLS_CHACHA20_")
                        || suite.startsWith("TLS_ECDHE_"));
    }
}
