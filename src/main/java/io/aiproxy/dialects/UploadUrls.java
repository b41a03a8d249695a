package io.aiproxy.dialects;

/**
 * Keeps resumable uploads at the gateway: Google answers {@code POST /upload/v1beta/files} with an absolute address in
 * {@code X-Goog-Upload-URL} to which the client sends the file, with its key again (google-genai 1.32,
 * {@code UploadClient.uploadChunk}). Unchanged, it would lead past the gateway.
 */
public final class UploadUrls {
    private UploadUrls() {}

    /**
     * The same resource at the gateway: scheme and authority are replaced, path and query stay byte for byte. Only a
     * parameter {@code key} is taken out: Google repeats the query of the first request, and the channel's key may have
     * been there. What is not an absolute HTTP address is returned as it is.
     *
     * @param gatewayBase how the caller reaches the gateway, e.g. {@code http://gateway:8001}, perhaps with a path prefix
     */
    public static String toGateway(String absoluteUrl, String gatewayBase) {
        int authority = absoluteUrl.indexOf("://");
        if (authority < 0 || !absoluteUrl.regionMatches(true, 0, "http", 0, 4)) {
            return absoluteUrl;
        }
        int end = authority + 3;
        while (end < absoluteUrl.length() && "/?#".indexOf(absoluteUrl.charAt(end)) < 0) {
            end++;
        }
        String base = gatewayBase.endsWith("/") ? gatewayBase.substring(0, gatewayBase.length() - 1) : gatewayBase;
        return base + withoutKey(absoluteUrl.substring(end));
    }

    /** A target without its parameters {@code key}. */
    static String withoutKey(String target) {
        PathWords words = PathWords.of(target);
        int value = words.parameterAt("key");
        if (value < 0) {
            return target;
        }
        int from = value - "key=".length();
        int end = words.parameterEnd(value);
        boolean last = end == target.length();
        String rest = last ? target.substring(0, from - 1) : target.substring(0, from) + target.substring(end + 1);
        return withoutKey(rest);
    }
}
