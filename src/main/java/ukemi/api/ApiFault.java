package ukemi.api;

import java.util.Set;
import org.springframework.http.HttpStatus;
import ukemi.identity.Permission;

/** An answer that is not what was asked for. */
class ApiFault extends RuntimeException {

  private final HttpStatus status;

  private ApiFault(HttpStatus status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static ApiFault badRequest(String message) {
    return new ApiFault(HttpStatus.BAD_REQUEST, message);
  }

  static ApiFault unauthorized() {
    return new ApiFault(HttpStatus.UNAUTHORIZED, "the request needs a valid token");
  }

  static ApiFault forbidden(Permission permission, Set<String> roles) {
    return new ApiFault(
        HttpStatus.FORBIDDEN,
        "the policy does not allow %s: the token has none of the roles %s%s"
            .formatted(
                permission.rule(),
                String.join(", ", roles),
                roles.contains("reader") ? " (reader: in Ukemi's own project)" : ""));
  }

  static ApiFault notFound(String message) {
    return new ApiFault(HttpStatus.NOT_FOUND, message);
  }

  static ApiFault badMethod() {
    return new ApiFault(HttpStatus.METHOD_NOT_ALLOWED, "this cannot be done here");
  }

  static ApiFault conflict(String message) {
    return new ApiFault(HttpStatus.CONFLICT, message);
  }

  static ApiFault versionNotAcceptable(String version) {
    return new ApiFault(
        HttpStatus.NOT_ACCEPTABLE,
        "version %s is not supported, only %s to %s are"
            .formatted(version, Microversion.MIN, Microversion.MAX));
  }

  static ApiFault tooLarge() {
    return new ApiFault(HttpStatus.PAYLOAD_TOO_LARGE, "the request body is too large");
  }

  static ApiFault badMediaType(String type) {
    return new ApiFault(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, "content type \"" + type + "\" is not supported");
  }

  HttpStatus status() {
    return status;
  }
}
