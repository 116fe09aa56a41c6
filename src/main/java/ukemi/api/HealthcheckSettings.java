package ukemi.api;

import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of {@code /healthcheck}.
 *
 * @param disableFile while this file exists the answer is 503, so that a load balancer sends nobody
 *     here; null = never. oslo.middleware's disable_by_file_path
 */
@ConfigurationProperties("ukemi.healthcheck")
record HealthcheckSettings(Path disableFile) {

  boolean disabled() {
    return disableFile != null && Files.exists(disableFile);
  }
}
