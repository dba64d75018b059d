package dev.windrose.stage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects.
 *
 * @param timeoutMs of the connect and of each read
 * @param encryption makes the sockets of TLS, asked anew for each; null for none
 */
record DialOptions(
        InetSocketAddress address, int timeoutMs, @Nullable Supplier<SSLSocketFactory> encryption) {

    /** A connection; when it is encrypted, the other has shown that it is of the host that was meant. */
    Socket open() throws IOException {
        Socket plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.connect(address, timeoutMs);
            plain.setSoTimeout(timeoutMs);
            return encryption == null ? plain : encrypted(plain, encryption.get());
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private Socket encrypted(Socket plain, SSLSocketFactory by) throws IOException {
        SSLSocket encrypted = (SSLSocket) by.createSocket(plain, address.getHostString(), address.getPort(), true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        return encrypted;
    }
}
