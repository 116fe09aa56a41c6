package ukemi.identity;

import java.util.Arrays;
import java.util.Optional;

/** What a role may allow. The names are those of Masakari's rules, where it has them. */
public enum Permission {
  SEGMENTS_INDEX("os_masakari_api:segments:index"),
  SEGMENTS_DETAIL("os_masakari_api:segments:detail"),
  SEGMENTS_CREATE("os_masakari_api:segments:create"),
  SEGMENTS_UPDATE("os_masakari_api:segments:update"),
  SEGMENTS_DELETE("os_masakari_api:segments:delete"),
  HOSTS_INDEX("os_masakari_api:os-hosts:index"),
  HOSTS_DETAIL("os_masakari_api:os-hosts:detail"),
  HOSTS_CREATE("os_masakari_api:os-hosts:create"),
  HOSTS_UPDATE("os_masakari_api:os-hosts:update"),
  HOSTS_DELETE("os_masakari_api:os-hosts:delete"),
  NOTIFICATIONS_INDEX("os_masakari_api:notifications:index"),
  NOTIFICATIONS_DETAIL("os_masakari_api:notifications:detail"),
  NOTIFICATIONS_CREATE("os_masakari_api:notifications:create"),
  VMOVES_INDEX("os_masakari_api:vmoves:index"),
  VMOVES_DETAIL("os_masakari_api:vmoves:detail"),
  EXTENSIONS_INDEX("os_masakari_api:extensions:index"),
  EXTENSIONS_DETAIL("os_masakari_api:extensions:detail"),
  NOTIFICATIONS_CANCEL("ukemi:notifications:cancel"),
  NOTIFICATIONS_RETRY("ukemi:notifications:retry"),
  HOSTS_RETURN("ukemi:hosts:return"),
  PLANNED_WORK_INDEX("ukemi:planned-work:index"),
  PLANNED_WORK_DETAIL("ukemi:planned-work:detail"),
  PLANNED_WORK_CREATE("ukemi:planned-work:create"),
  PLANNED_WORK_DELETE("ukemi:planned-work:delete"),
  RUNBOOKS_DETAIL("ukemi:runbooks:detail"),
  RUNBOOKS_RELOAD("ukemi:runbooks:reload");

  private final String rule;

  Permission(String rule) {
    this.rule = rule;
  }

  /** Its name in the policy file. */
  public String rule() {
    return rule;
  }

  static Optional<Permission> ofRule(String rule) {
    return Arrays.stream(values()).filter(one -> one.rule.equals(rule)).findFirst();
  }
}
