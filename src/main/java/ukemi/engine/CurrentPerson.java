package ukemi.engine;

import static java.util.Collections.disjoint;

import java.util.Collection;
import java.util.Optional;
import org.camunda.bpm.engine.IdentityService;
import org.springframework.stereotype.Component;

/** Who is logged in to the web apps in this thread. */
@Component
public class CurrentPerson {

  private final IdentityService identity;

  CurrentPerson(IdentityService identity) {
    this.identity = identity;
  }

  /** Whether the person is an administrator or a member of one of the groups. */
  public boolean isMemberOf(Collection<String> groups) {
    return Optional.ofNullable(identity.getCurrentAuthentication())
        .map(authentication -> authentication.getGroupIds())
        .filter(own -> own.contains(Groups.ADMINISTRATORS) || !disjoint(own, groups))
        .isPresent();
  }

  /** The user id; empty when nobody is logged in. */
  public Optional<String> id() {
    return Optional.ofNullable(identity.getCurrentAuthentication())
        .map(authentication -> authentication.getUserId());
  }
}
