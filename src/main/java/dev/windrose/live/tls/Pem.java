package dev.windrose.live.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses certificates and keys in PEM. */
final class Pem {

    /**
     * @param name of the kind of keys
     * @param signature how they sign
     */
    private record Algorithm(String name, String signature) {}

    private static final List<Algorithm> ALGORITHMS = List.of(
            new Algorithm("EC", "SHA256withECDSA"),
            new Algorithm("RSA", "SHA256withRSA"),
            new Algorithm("Ed25519", "Ed25519"));

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** @return one or more, in the order of the text */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)))
                .forEach(certificate -> found.add((X509Certificate) certificate));
        if (found.isEmpty()) {
            throw new GeneralSecurityException("no certificate in it");
        }
        return found;
    }

    /** @throws GeneralSecurityException also when it is not the key of that certificate */
    static PrivateKey keyOf(X509Certificate certificate, String text) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(text);
        if (!pem.find()) {
            throw new GeneralSecurityException("no PRIVATE KEY in its key file");
        }
        PKCS8EncodedKeySpec spec =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        GeneralSecurityException last = new GeneralSecurityException("key of an unsupported algorithm");
        for (Algorithm algorithm : ALGORITHMS) {
            PrivateKey key;
            try {
                key = KeyFactory.getInstance(algorithm.name()).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                last = e;
                continue;
            }
            if (!belong(key, certificate.getPublicKey(), algorithm.signature())) {
                throw new GeneralSecurityException("its key file belongs to another certificate");
            }
            return key;
        }
        throw last;
    }

    /** Whether the one verifies what the other signs. */
    private static boolean belong(PrivateKey key, PublicKey certified, String algorithm) {
        try {
            byte[] text = "windrose".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private Pem() {}
}
