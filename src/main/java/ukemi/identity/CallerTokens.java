package ukemi.identity;

import java.util.Optional;

/** Checks callers' tokens with Keystone. */
public interface CallerTokens {

  /**
   * Who the token belongs to; empty when Keystone does not know it or it has expired.
   *
   * @throws IdentityUnavailable when Keystone does not answer
   */
  Optional<Caller> validate(String token);
}
