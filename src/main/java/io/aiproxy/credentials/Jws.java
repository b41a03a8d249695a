package io.aiproxy.credentials;

import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.SignatureGenerationException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.FailureException;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Base64;
import java.util.Map;

/**
 * Signed JWTs (RFC 7515, 7519). The signature is the library's; header and payload are put together here, because the
 * library's builder knows fewer kinds of values than JSON, and some gateways compare the payload as a text.
 */
final class Jws {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int P256_BITS = 256;

    private Jws() {}

    /**
     * The compact form.
     *
     * @param key the secret, of any length (what a provider has given out is what it wants), or the private key in PEM
     * @param headers further fields of the header
     * @throws FailureException CHANNEL_MISCONFIGURED when the key is none for this algorithm
     */
    static String sign(
            TokenOrder order,
            TokenConfig.Algorithm algorithm,
            String key,
            Map<String, String> headers,
            JsonNode payload) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.put("alg", algorithm.name());
        header.put("typ", "JWT");
        headers.forEach(header::put);
        Algorithm signer = signer(order, algorithm, key);
        byte[] head = encoded(header);
        byte[] body = encoded(payload);
        try {
            return text(head) + "." + text(body) + "." + BASE64.encodeToString(signer.sign(head, body));
        } catch (SignatureGenerationException unusable) { // e.g. an RSA key that is too short for the hash
            throw order.misconfigured("its key cannot sign with " + algorithm);
        }
    }

    private static Algorithm signer(TokenOrder order, TokenConfig.Algorithm algorithm, String key) {
        if (key.isBlank()) {
            throw order.misconfigured("its key is empty");
        }
        return switch (algorithm) {
            case HS256 -> Algorithm.HMAC256(key);
            case HS384 -> Algorithm.HMAC384(key);
            case HS512 -> Algorithm.HMAC512(key);
            case RS256 -> Algorithm.RSA256((RSAPrivateKey) PemKey.parse(order, "RSA", key));
            case ES256 -> {
                ECPrivateKey ec = (ECPrivateKey) PemKey.parse(order, "EC", key);
                if (ec.getParams().getCurve().getField().getFieldSize() != P256_BITS) {
                    throw order.misconfigured("its private key is not one of the curve P-256, which ES256 needs");
                }
                yield Algorithm.ECDSA256(ec);
            }
        };
    }

    private static byte[] encoded(JsonNode json) {
        return BASE64.encode(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] ascii) {
        return new String(ascii, StandardCharsets.US_ASCII);
    }
}
