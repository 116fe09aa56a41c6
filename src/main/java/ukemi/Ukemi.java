package ukemi;

import java.util.OptionalInt;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;
import ukemi.command.Commands;

/** Starts Ukemi, or does what a command says. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class Ukemi {

  static {
    // the engine stores times without a zone: all nodes must write the same one
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    // Hikari hands out what was used within 500 ms unchecked: a request on a connection to a
    // database that has just gone would hang instead of being answered with 503
    System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
  }

  public static void main(String[] arguments) {
    OptionalInt exit = Commands.run(arguments);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    SpringApplication.run(Ukemi.class, arguments);
  }
}
