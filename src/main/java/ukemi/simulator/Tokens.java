package ukemi.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Users, projects and the tokens that have been given out. */
final class Tokens {

  record Project(String id, String name) {}

  record User(String id, String name, String password, Project project, Set<String> roles) {}

  record ApplicationCredential(String id, String name, String secret, User user) {}

  /**
   * @param project null when the token is not scoped to one
   * @param system whether it is scoped to the system
   * @param catalogue as it was when the token was issued
   */
  record Token(
      String id,
      User user,
      Project project,
      boolean system,
      List<String> methods,
      Instant issued,
      Instant expires,
      List<Object> catalogue) {

    boolean admin() {
      return (project != null || system) && user.roles.contains("admin");
    }

    boolean scoped() {
      return project != null || system;
    }
  }

  private final Map<String, Token> tokens = new ConcurrentHashMap<>();
  final Map<String, Project> projects = new ConcurrentHashMap<>();
  final Map<String, User> users = new ConcurrentHashMap<>();
  final List<ApplicationCredential> credentials = new ArrayList<>();

  static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  Project project(String name) {
    return projects.computeIfAbsent(name, any -> new Project(newId(), name));
  }

  User addUser(String name, String password, String project, Set<String> roles) {
    User user = new User(newId(), name, password, project(project), Set.copyOf(roles));
    users.put(name, user);
    return user;
  }

  Token issue(
      User user,
      Project project,
      boolean system,
      List<String> methods,
      Duration lifetime,
      List<Object> catalogue) {
    Instant now = Instant.now();
    Token token =
        new Token(
            "gAAAAA" + newId() + newId() + newId(),
            user,
            project,
            system,
            methods,
            now,
            now.plus(lifetime),
            catalogue);
    tokens.put(token.id, token);
    return token;
  }

  /** The token; empty when it is unknown, revoked or too old. */
  Optional<Token> valid(Optional<String> id) {
    return id.map(tokens::get).filter(token -> token.expires.isAfter(Instant.now()));
  }

  void revoke(String id) {
    tokens.remove(id);
  }

  void revokeAll() {
    tokens.clear();
  }
}
