package ukemi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import ukemi.simulator.SimulatedCloud;

/** Measured before: 200 children that end together made a plain join run its work again. */
@Tag("long")
class HostWithManyGuestsTest {

  private static final int GUESTS = 200;

  @Test
  void twoHundredGuestsAreTwoHundredCallsAndNoConflictAtTheJoin() {
    try (SimulatedCloud cloud = SimulatedCloud.start(0)) {
      cloud
          .settings()
          .reportInterval(Duration.ofSeconds(1))
          .evacuationTime(Duration.ofMillis(200))
          .evacuationsAtOnce(50);
      for (int host = 1; host <= 4; host++) {
        cloud.addHost("compute-" + host, "10.30.0.1" + host);
        cloud.capacity("compute-" + host, GUESTS);
      }
      List<UUID> guests =
          IntStream.range(0, GUESTS)
              .mapToObj(n -> cloud.addGuest("compute-1", "guest-" + n))
              .toList();
      try (RunningUkemi ukemi =
          RunningUkemi.start(cloud, Map.of("ukemi.evacuation.in-flight", "50"))) {
        Conflicts conflicts = Conflicts.counted();
        String segment = ukemi.client().createSegment("segment1", "auto");
        ukemi.client().createHosts(segment, "compute-1", "compute-2", "compute-3", "compute-4");
        cloud.crash("compute-1");
        String notification = ukemi.client().hostStopped("compute-1");
        await()
            .atMost(Duration.ofMinutes(3))
            .pollInterval(Duration.ofMillis(500))
            .untilAsserted(
                () ->
                    assertThat(ukemi.client().status(notification))
                        .as(ukemi::state)
                        .isEqualTo("finished"));
        assertThat(cloud.truth().evacuateCalls()).hasSize(GUESTS);
        assertThat(guests)
            .allSatisfy(guest -> assertThat(cloud.truth().evacuateCalls(guest)).hasSize(1));
        assertThat(cloud.truth().twiceRunning()).isEmpty();
        assertThat(conflicts.seen).isEmpty();
      }
    }
  }

  /** What the engine logs when two transactions met: each is work done again. */
  private static final class Conflicts extends AppenderBase<ILoggingEvent> {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    static Conflicts counted() {
      Conflicts conflicts = new Conflicts();
      for (String name : new String[] {"org.camunda.bpm.engine.jobexecutor", "ukemi"}) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        logger.addAppender(conflicts);
      }
      // where the engine says it at all
      ((Logger) LoggerFactory.getLogger("org.camunda.bpm.engine.jobexecutor"))
          .setLevel(ch.qos.logback.classic.Level.DEBUG);
      ((Logger) LoggerFactory.getLogger("org.camunda.bpm.engine.jobexecutor")).setAdditive(false);
      conflicts.start();
      return conflicts;
    }

    @Override
    protected void append(ILoggingEvent event) {
      String text = event.getFormattedMessage();
      IThrowableProxy thrown = event.getThrowableProxy();
      boolean conflict =
          text.contains("OptimisticLockingException")
              || thrown != null && thrown.getClassName().contains("OptimisticLockingException");
      // acquiring a job that another thread has is no work done twice
      if (conflict && !text.contains("acquiring")) {
        seen.add(text);
      }
    }
  }
}
