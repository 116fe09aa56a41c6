package ukemi.evacuation;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** What follows from a settled attempt for its guest. */
@Service
public class Settlement {

  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

  /** What the process does next. */
  public enum Next {
    RECOVERED,
    AGAIN,
    LEFT
  }

  private final Attempts attempts;
  private final Guests guests;
  private final EvacuationSettings settings;
  private final TransactionTemplate transaction;

  /** Attempts whose process could not be told: each is worth one line in the log. */
  private final Set<Long> cannotBeTold = ConcurrentHashMap.newKeySet();

  Settlement(
      Attempts attempts,
      Guests guests,
      EvacuationSettings settings,
      PlatformTransactionManager transactions) {
    this.attempts = attempts;
    this.guests = guests;
    this.settings = settings;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Writes the guest's end, or says that it is to be tried again. */
  @Transactional
  public Next settle(UUID vmove) {
    Attempt last = attempts.last(vmove).orElseThrow();
    return switch (last.outcome()) {
      case RECOVERED -> Next.RECOVERED;
      case NOT_ASKED -> Next.AGAIN;
      // gone with its target, it is recovered with that
      case TARGET_DIED -> last.destHost() == null ? Next.AGAIN : Next.LEFT;
      case GONE -> {
        guests.ignore(vmove, last.reason());
        yield Next.LEFT;
      }
      case IMPOSSIBLE -> {
        guests.fail(vmove, last.reason());
        yield Next.LEFT;
      }
      case FAILED -> {
        if (attempts.countFailed(vmove, last.pass()) < settings.attempts()) {
          yield Next.AGAIN;
        }
        guests.fail(vmove, last.reason() + " (" + settings.attempts() + " tries)");
        yield Next.LEFT;
      }
    };
  }

  /** Past its deadline: the guest is listed, the attempt stays open until Nova settles it. */
  @Transactional
  public void listAsLeft(UUID vmove) {
    Attempt last = attempts.last(vmove).orElseThrow();
    if (last.isOpen()) {
      guests.fail(
          vmove, "still under way in Nova after " + settings.deadline().toMinutes() + " min");
    } else if (settle(vmove) == Next.AGAIN) {
      guests.fail(vmove, last.reason());
    }
  }

  /**
   * Tells the processes of settled attempts. That it was told is kept in the transaction that tells
   * it: told twice, a process would take the end of one try for that of the next.
   *
   * @param tell tells the process of that instance id, in the transaction that remembers it: told
   *     twice, a process would take it for the end of its next attempt. False = it does not wait
   *     yet, try again later
   */
  public void tell(Predicate<String> tell) {
    for (Attempts.Untold attempt : attempts.untold()) {
      try {
        transaction.executeWithoutResult(status -> tell(attempt, tell));
        cannotBeTold.remove(attempt.id());
      } catch (RuntimeException e) {
        // one that cannot be told does not keep the others from it
        if (cannotBeTold.add(attempt.id())) {
          LOG.warn("{} not told, trying again: {}", attempt.processInstance(), e.toString());
        }
      }
    }
  }

  private void tell(Attempts.Untold attempt, Predicate<String> tell) {
    if (tell.test(attempt.processInstance())) {
      attempts.told(attempt.id());
    }
  }
}
