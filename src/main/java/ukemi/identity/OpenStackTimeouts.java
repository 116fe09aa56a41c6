package ukemi.identity;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import ukemi.InvalidSetting;

/**
 * How long OpenStack may take.
 *
 * @param connectTimeout until a connection stands
 * @param readTimeout from then until the answer has been read
 * @param serviceUpdateTimeout the same for changes of a compute service. Nova blocks there for its
 *     own rpc_response_timeout (60 s unless changed) when it believes a dead compute up
 */
@ConfigurationProperties("ukemi.openstack")
public record OpenStackTimeouts(
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue("30s") Duration readTimeout,
    @DefaultValue("75s") Duration serviceUpdateTimeout) {

  public OpenStackTimeouts {
    positive("ukemi.openstack.connect-timeout", connectTimeout);
    positive("ukemi.openstack.read-timeout", readTimeout);
    positive("ukemi.openstack.service-update-timeout", serviceUpdateTimeout);
  }

  /** The longest time one request can be under way. */
  public Duration request() {
    return connectTimeout.plus(readTimeout);
  }

  private static void positive(String name, Duration value) {
    if (value.toMillis() < 1 || value.toHours() > 0) {
      throw new InvalidSetting(name, "is " + value, "a time between 1ms and 1h, such as 30s");
    }
  }
}
