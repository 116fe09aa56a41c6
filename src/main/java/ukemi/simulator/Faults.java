package ukemi.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Troubles between the client and the simulated services, and one-shot hooks for tests. */
public final class Faults {

  /** When a hook runs. */
  public enum Moment {
    /** The request has arrived, nothing is done yet. */
    BEFORE_EFFECT,
    /** It is done, the answer has not been sent. */
    AFTER_EFFECT
  }

  /** A trouble that is set. */
  public final class Rule {

    private final Predicate<Request> match;
    private final Trouble trouble;
    private final AtomicInteger left;
    private final CountDownLatch cleared = new CountDownLatch(1);

    private Rule(Predicate<Request> match, Trouble trouble, int times) {
      this.match = match;
      this.trouble = trouble;
      left = new AtomicInteger(times);
    }

    /** Ends it, for requests that wait in it too. */
    public void clear() {
      rules.remove(this);
      cleared.countDown();
    }

    private boolean takes(Request request) {
      if (!match.test(request)) {
        return false;
      }
      int before = left.getAndUpdate(now -> now == Integer.MAX_VALUE ? now : Math.max(0, now - 1));
      if (before == 1) {
        rules.remove(this);
      }
      return before > 0;
    }

    private void pause() throws InterruptedException {
      if (trouble.time() == null) {
        cleared.await();
      } else {
        cleared.await(trouble.time().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private record Hook(Predicate<Request> match, Moment moment, Runnable work) {}

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Rule> everSet = new CopyOnWriteArrayList<>();
  private final List<Hook> hooks = new CopyOnWriteArrayList<>();

  /** Sets a trouble for all matching requests until it is cleared. */
  public Rule set(Predicate<Request> match, Trouble trouble) {
    return set(match, trouble, Integer.MAX_VALUE);
  }

  /** Sets a trouble for the next matching requests. */
  public Rule set(Predicate<Request> match, Trouble trouble, int times) {
    Rule rule = new Rule(match, trouble, times);
    rules.add(rule);
    everSet.add(rule);
    return rule;
  }

  /** The service answers 503 until cleared. */
  public Rule down(String service) {
    return set(Match.service(service), Trouble.status(503));
  }

  /** Every request to the service takes this much longer. */
  public Rule slow(String service, Duration time) {
    return set(Match.service(service), Trouble.hang(time));
  }

  /** Ends every trouble; what waits goes on. */
  public void clear() {
    everSet.forEach(Rule::clear);
    everSet.clear();
    hooks.clear();
  }

  /** Runs the work once, at the first matching request, before anybody else hears of it. */
  public void onRequest(Predicate<Request> match, Moment moment, Runnable work) {
    hooks.add(new Hook(match, moment, work));
  }

  /** The troubles of this request, each counted as used. */
  List<Rule> of(Request request) {
    List<Rule> mine = new ArrayList<>();
    for (Rule rule : rules) {
      if (rule.takes(request)) {
        mine.add(rule);
      }
    }
    return mine;
  }

  void hook(Request request, Moment moment) {
    for (Hook hook : hooks) {
      if (hook.moment == moment && hook.match.test(request) && hooks.remove(hook)) {
        hook.work.run();
      }
    }
  }

  /**
   * @return the answer in place of the real one; null = go on
   */
  Answer before(List<Rule> mine) throws InterruptedException {
    for (Rule rule : mine) {
      switch (rule.trouble.kind()) {
        case HANG -> rule.pause();
        case RESET -> throw new Cut(Cut.Way.RESET);
        case CLOSE -> throw new Cut(Cut.Way.CLOSED);
        case STATUS -> {
          return refusal(rule.trouble);
        }
        default -> {}
      }
    }
    return null;
  }

  Answer after(List<Rule> mine, Answer answer) throws InterruptedException {
    for (Rule rule : mine) {
      switch (rule.trouble.kind()) {
        case LATE_ANSWER -> rule.pause();
        case LOSE_ANSWER -> throw new Cut(Cut.Way.RESET);
        case HALF_ANSWER -> throw new Cut(Cut.Way.HALF_ANSWERED);
        case STATUS_AFTER_EFFECT -> {
          return refusal(rule.trouble);
        }
        default -> {}
      }
    }
    return answer;
  }

  /** What a proxy in front of the service would say: HTML, no word of the service itself. */
  private static Answer refusal(Trouble trouble) {
    Answer answer =
        Answer.of(
            trouble.status(),
            "text/html",
            "<html><body><h1>" + trouble.status() + "</h1></body></html>");
    return trouble.retryAfter() == null
        ? answer
        : answer.with("Retry-After", String.valueOf(trouble.retryAfter()));
  }

  List<Map<String, Object>> shown() {
    return rules.stream()
        .map(
            rule ->
                Json.object(
                    "match", String.valueOf(rule.match), "trouble", rule.trouble.kind().name()))
        .toList();
  }
}
