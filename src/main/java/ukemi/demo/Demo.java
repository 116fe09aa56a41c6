package ukemi.demo;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * What the demo plays: it registers the hosts, lets the first one die, and shows every recovery
 * until the program ends.
 */
final class Demo {

  /** The Spring profile. */
  static final String PROFILE = "demo";

  /** No secret: in this profile everything listens on loopback. */
  static final String ADMIN_PASSWORD = "ukemi-demo";

  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final Duration FRAME = Duration.ofMillis(200);

  /** Frames from one question to Ukemi to the next. */
  private static final int ASK_EVERY = 5;

  private final DemoCloud cloud;
  private final DemoSettings settings;
  private final Screen screen;
  private final Report report;
  private final Operator operator;
  private final Switches switches;
  private final DemoPort port;
  private final Map<Recovery, Progress> shown = new LinkedHashMap<>();
  private final Thread thread = new Thread(this::play, "demo");
  private boolean explained;

  Demo(
      DemoCloud cloud,
      DemoSettings settings,
      Screen screen,
      Operator operator,
      Switches switches,
      DemoPort port) {
    this.cloud = cloud;
    this.settings = settings;
    this.screen = screen;
    this.report = new Report(screen);
    this.operator = operator;
    this.switches = switches;
    this.port = port;
    thread.setDaemon(true);
  }

  @EventListener
  void begin(ApplicationReadyEvent event) {
    thread.start();
  }

  @EventListener
  void end(ContextClosedEvent event) throws InterruptedException {
    thread.interrupt();
    thread.join(Duration.ofSeconds(5).toMillis());
    screen.say(List.of("", "Ukemi stops ..."));
  }

  private void play() {
    try {
      switches.setUp();
      port.open();
      screen.say(introduction());
      if (settings.firstFailure().isZero()) {
        explain();
      } else {
        String first = cloud.hosts().get(0);
        countDown(first);
        switches.kill(first);
      }
      for (int frame = 0; !thread.isInterrupted(); frame++) {
        show(frame % ASK_EVERY == 0);
        Thread.sleep(FRAME.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!thread.isInterrupted()) {
        LOG.error("the demo can't go on", e);
      }
    }
  }

  private void countDown(String host) throws InterruptedException {
    Instant end = Instant.now().plus(settings.firstFailure());
    if (!screen.isLive()) {
      screen.say(
          List.of("", "%s dies in %d s.".formatted(host, settings.firstFailure().toSeconds())));
    }
    while (Instant.now().isBefore(end)) {
      double left = Progress.seconds(Instant.now(), end);
      screen.draw(List.of("", "%s dies in %.0f s ...".formatted(host, Math.ceil(left))));
      Thread.sleep(FRAME.toMillis());
    }
  }

  /** Draws what is going on, and prints what has ended. */
  private void show(boolean askUkemi) {
    for (Recovery recovery : switches.all()) {
      if (askUkemi) {
        ask(recovery);
      }
      Progress now = recovery.look();
      Progress before = shown.put(recovery, now);
      if (!screen.isLive()) {
        screen.say(report.news(before, now));
      }
    }
    List<Recovery> over = shown.keySet().stream().filter(Recovery::isOver).toList();
    for (Recovery recovery : over) {
      screen.say(report.end(shown.remove(recovery)));
      switches.forget(recovery);
      explainOnce();
    }
    if (!shown.isEmpty()) {
      List<String> block = new ArrayList<>();
      shown.values().forEach(progress -> block.addAll(report.table(progress)));
      screen.draw(block);
    }
  }

  private void ask(Recovery recovery) {
    try {
      recovery.notification().map(operator::notification).ifPresent(recovery::notice);
    } catch (Refusal | UncheckedIOException e) {
      LOG.info("Ukemi did not say how {} is: {}", recovery.host(), e.getMessage());
    }
  }

  private List<String> introduction() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        screen.strong(
            "Ukemi is up, in front of a simulated cloud of %d hosts with %d guests."
                .formatted(cloud.hosts().size(), cloud.guestCount())));
    lines.add("");
    for (String host : cloud.hosts()) {
      String guests =
          host.equals(DemoCloud.RESERVE)
              ? "the reserve: empty, and disabled in Nova"
              : String.join(" ", cloud.guestsOn(host));
      lines.add("  %-10s  %s".formatted(host, guests));
    }
    lines.add("");
    lines.addAll(addresses());
    return lines;
  }

  private List<String> addresses() {
    return List.of(
        "  Cockpit     %s/camunda/app/cockpit/    user %s".formatted(operator.ukemi(), "admin"),
        "  Tasklist    %s/camunda/app/tasklist/   password %s"
            .formatted(operator.ukemi(), ADMIN_PASSWORD));
  }

  private void explainOnce() {
    if (!explained) {
      explain();
    }
  }

  /** What can be done next. */
  private void explain() {
    explained = true;
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(screen.strong("Ukemi stays up; Ctrl-C ends it. Now look around, and break more:"));
    lines.add("");
    lines.addAll(addresses());
    lines.add("");
    port.help().forEach(line -> lines.add(("  " + line).stripTrailing()));
    lines.add("");
    lines.add("  Log: " + settings.directory().resolve("ukemi.log"));
    screen.say(lines);
  }
}
