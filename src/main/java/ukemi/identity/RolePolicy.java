package ukemi.identity;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import ukemi.InvalidSetting;

/** Who may do what: the shipped rules, and over them those of the operator's file. */
@Component
public class RolePolicy {

  /** Keystone gives it to every member of every project: elsewhere it says nothing about us. */
  private static final String OF_OUR_PROJECT = "reader";

  private final Map<Permission, Set<String>> roles = new EnumMap<>(PolicyFile.shipped());

  RolePolicy(PolicySettings settings) {
    String file = settings.policyFile();
    if (file != null) {
      if (file.isBlank()) {
        throw new InvalidSetting(
            PolicySettings.POLICY_FILE, "it is empty", "the path of a file, or no such setting");
      }
      roles.putAll(PolicyFile.read(Path.of(file)));
    }
  }

  /** Whether one of the caller's roles allows it; what no rule is about is allowed to nobody. */
  public boolean allows(Caller caller, Permission permission) {
    return roles(permission).stream()
        .filter(role -> caller.ofOurProject() || !role.equalsIgnoreCase(OF_OUR_PROJECT))
        .anyMatch(caller::hasRole);
  }

  /** The roles that allow it. */
  public Set<String> roles(Permission permission) {
    return roles.getOrDefault(permission, Set.of());
  }
}
