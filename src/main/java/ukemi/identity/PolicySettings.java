package ukemi.identity;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of who may do what.
 *
 * @param policyFile the operator's file of roles (environment: UKEMI_POLICY_FILE); what it leaves
 *     out is as shipped; by default all is
 */
@ConfigurationProperties("ukemi")
record PolicySettings(String policyFile) {

  static final String POLICY_FILE = "UKEMI_POLICY_FILE";
}
