package ukemi.engine;

import java.security.SecureRandom;
import java.util.Base64;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The user "admin" of Cockpit and Tasklist, and the groups. They are there before the web server
 * listens: an engine without an administrator offers its set-up page to whoever comes first.
 */
@Component
class AdminUser implements SmartInitializingSingleton {

  static final String ID = "admin";

  private static final Logger LOG = LoggerFactory.getLogger(AdminUser.class);

  private final AdminSettings settings;
  private final IdentityService users;
  private final Groups groups;
  private final TransactionTemplate transaction;
  private final JdbcClient jdbc;

  AdminUser(
      AdminSettings settings,
      IdentityService users,
      Groups groups,
      TransactionTemplate transaction,
      JdbcClient jdbc) {
    this.settings = settings;
    this.users = users;
    this.groups = groups;
    this.transaction = transaction;
    this.jdbc = jdbc;
  }

  @Override
  public void afterSingletonsInstantiated() {
    String made = transaction.execute(status -> createWhatIsMissing());
    if (made != null) {
      LOG.warn(
          "Made the user \"{}\" of /camunda/ with the password {} . It is not shown again;"
              + " UKEMI_ADMIN_PASSWORD sets another one.",
          ID,
          made);
    }
  }

  /** Returns the password when one was made. */
  private String createWhatIsMissing() {
    // nodes that start together take turns
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('engine users', 0))")
        .query()
        .singleRow();
    groups.createMissing();
    User admin = users.createUserQuery().userId(ID).singleResult();
    if (admin == null) {
      String made = settings.adminPassword() == null ? newPassword() : null;
      User user = users.newUser(ID);
      user.setFirstName("Ukemi");
      user.setLastName("Administrator");
      user.setPassword(made == null ? settings.adminPassword() : made);
      users.saveUser(user);
      users.createMembership(ID, Groups.ADMINISTRATORS);
      return made;
    }
    if (settings.adminPassword() != null) {
      admin.setPassword(settings.adminPassword());
      users.saveUser(admin);
    }
    return null;
  }

  private static String newPassword() {
    byte[] random = new byte[15];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
