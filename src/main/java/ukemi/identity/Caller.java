package ukemi.identity;

import java.util.Set;

/**
 * Who sent a request, as Keystone vouches for the token.
 *
 * @param projectId null when the token is of no project
 * @param ofOurProject whether that is the project of our own token
 */
public record Caller(
    String userId, String userName, String projectId, boolean ofOurProject, Set<String> roles) {

  /** Role names are compared without regard to case, as oslo.policy does. */
  public boolean hasRole(String role) {
    return roles.stream().anyMatch(role::equalsIgnoreCase);
  }
}
