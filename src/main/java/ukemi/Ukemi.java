package ukemi;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts Ukemi. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class Ukemi {

  public static void main(String[] arguments) {
    SpringApplication.run(Ukemi.class, arguments);
  }
}
