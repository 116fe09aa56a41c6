package ukemi.fencing.maas;

import java.net.URI;

/**
 * One HTTP answer.
 *
 * @param root the region's API root that gave it
 * @param contentType lower case; empty when it had none
 * @param body empty for a 401, which may hold the secret
 */
record MaasAnswer(URI root, int status, String contentType, boolean retryAfter, String body) {

  boolean isText() {
    return contentType.startsWith("text/plain");
  }
}
