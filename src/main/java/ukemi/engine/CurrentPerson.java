package ukemi.engine;

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

  /** The user id; empty when nobody is logged in. */
  public Optional<String> id() {
    return Optional.ofNullable(identity.getCurrentAuthentication())
        .map(authentication -> authentication.getUserId());
  }
}
