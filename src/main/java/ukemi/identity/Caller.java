package ukemi.identity;

import java.util.Set;

/** Who sent a request, as Keystone vouches for the token. */
public record Caller(String userId, String userName, String projectId, Set<String> roles) {

  /** Role names are compared without regard to case, as oslo.policy does. */
  public boolean hasRole(String role) {
    return roles.stream().anyMatch(role::equalsIgnoreCase);
  }
}
