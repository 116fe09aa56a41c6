package ukemi;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real jar in a process of its own, so that a test can kill it. */
public final class UkemiProcess implements AutoCloseable {

  /** Exit code of a process that SIGKILL has ended. */
  public static final int KILLED = 137;

  private static final Path JAR = Path.of("target", "ukemi.jar");

  private final Process process;
  private final String url;
  private final Path log;
  private final Instant begun = Instant.now();
  private Duration startTime;

  private UkemiProcess(Process process, String url, Path log) {
    this.process = process;
    this.url = url;
    this.log = log;
  }

  /**
   * Starts the jar and waits until it is healthy, or has ended at a boundary.
   *
   * @param environment settings, as an operator gives them
   * @param log file that takes its output
   */
  public static UkemiProcess start(int port, Map<String, String> environment, Path log) {
    UkemiProcess ukemi = launch(port, environment, log);
    ukemi.awaitHealth();
    return ukemi;
  }

  /** Starts the jar and does not wait for it. */
  public static UkemiProcess launch(int port, Map<String, String> environment, Path log) {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException("build the jar first: mvn -DskipTests package");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // as README says to run it
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(
        environment.containsKey("HALT_AT")
            ? List.of(
                "-Dloader.path=" + hook(),
                "-cp",
                JAR.toString(),
                "org.springframework.boot.loader.launch.PropertiesLauncher")
            : List.of("-jar", JAR.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().put("SERVER_PORT", Integer.toString(port));
    if (environment.containsKey("SPRING_DATASOURCE_URL")) {
      builder.environment().putIfAbsent("UKEMI_DATA_DIR", "target/nodes/" + port);
    }
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    try {
      return new UkemiProcess(builder.start(), "http://127.0.0.1:" + port, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A class path with the boundary hook and nothing else of the tests. */
  private static Path hook() {
    try {
      Path hook = Files.createDirectories(Path.of("target", "boundary-hook"));
      for (String file :
          List.of(
              "ukemi/fault/HaltAtBoundary.class", "META-INF/services/ukemi.fault.BoundaryHook")) {
        Path copy = hook.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.copy(
            Path.of("target", "test-classes").resolve(file),
            copy,
            StandardCopyOption.REPLACE_EXISTING);
      }
      return hook;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it is healthy, or has ended at a boundary. */
  public void awaitHealth() {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest health =
        HttpRequest.newBuilder(URI.create(url + "/actuator/health"))
            .timeout(Duration.ofSeconds(10))
            .build();
    Instant deadline = begun.plusSeconds(300);
    while (Instant.now().isBefore(deadline)) {
      if (!process.isAlive()) {
        if (process.exitValue() == KILLED) {
          return;
        }
        throw new AssertionError("did not start:\n" + output());
      }
      try {
        if (http.send(health, BodyHandlers.ofString()).statusCode() == 200) {
          startTime = Duration.between(begun, Instant.now());
          return;
        }
      } catch (IOException e) {
        // not yet
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      sleep(100);
    }
    process.destroyForcibly();
    throw new AssertionError("not healthy in time:\n" + output());
  }

  private String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Where it serves. */
  public String url() {
    return url;
  }

  /** From the command to the first healthy answer. */
  public Duration startTime() {
    return startTime;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the process to end by itself. */
  public boolean ended(Duration within) {
    try {
      return process.waitFor(within.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Its exit code, after it has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** {@code kill -9}. */
  public void kill() {
    process.destroyForcibly();
    ended(Duration.ofSeconds(10));
  }

  @Override
  public void close() {
    process.destroy();
    if (!ended(Duration.ofMinutes(3))) {
      kill();
    }
  }
}
