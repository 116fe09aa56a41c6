package ukemi.fencing.maas;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import ukemi.fencing.PowerControlUnavailable;

/**
 * Signed HTTP to the regions of MAAS. A GET goes to the next region when one is not there; a POST
 * is sent once. A region that hangs in a look-up is left with the next call. Redirects are never
 * followed: the key would go along.
 */
class MaasClient {

  /** MAAS refuses a clock that is 300 s slow. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(240);

  private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

  private final List<URI> roots;
  private final MaasKey key;
  private final Clock clock;
  private final HttpClient http;

  /** The region that answered last, or the one after a region that hung. */
  private volatile int preferred;

  /**
   * @param ssl null = the system's
   */
  MaasClient(List<URI> roots, MaasKey key, Duration connectTimeout, SSLContext ssl, Clock clock) {
    this.roots = List.copyOf(roots);
    this.key = key;
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout);
    if (ssl != null) {
      builder.sslContext(ssl);
    }
    http = builder.build();
  }

  List<URI> roots() {
    return roots;
  }

  /**
   * Looks up what MAAS has stored. When there is no answer in time, the next call begins with
   * another region.
   *
   * @param resource relative to the root, encoded, its path ending in "/"
   * @param limit for all regions together
   * @throws PowerControlUnavailable when no region answers, or none accepts our key
   */
  MaasAnswer get(String resource, Duration limit) {
    return get(resource, limit, true);
  }

  /**
   * Reads what a machine's BMC tells, otherwise like {@link #get}. That no answer comes in time
   * says nothing of the region: a dead BMC takes long. Nor is it cut short, to ask another region
   * too: it would miss MAAS's word on the BMC.
   */
  MaasAnswer getLive(String resource, Duration limit) {
    return get(resource, limit, false);
  }

  private MaasAnswer get(String resource, Duration limit, boolean lookUp) {
    long deadline = System.nanoTime() + limit.toNanos();
    int first = preferred;
    PowerControlUnavailable failure = null;
    MaasAnswer last = null;
    for (int i = 0; i < roots.size(); i++) {
      int index = (first + i) % roots.size();
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (i > 0 && left.compareTo(SHORTEST_ATTEMPT) < 0) {
        break;
      }
      try {
        last =
            send(
                roots.get(index),
                () -> request(roots.get(index), resource).timeout(left).GET(),
                left);
        if (!anotherRegionMayDoBetter(last)) {
          preferred = index;
          return last;
        }
      } catch (NotReached e) {
        failure = e;
      } catch (TimedOut e) {
        if (lookUp) {
          preferred = (index + 1) % roots.size();
        }
        throw e;
      }
    }
    if (last != null) {
      return last;
    }
    throw failure;
  }

  /**
   * Sends a form, once.
   *
   * @throws PowerControlUnavailable when there was no answer: it may have been done all the same
   */
  MaasAnswer post(String resource, Map<String, String> form, Duration limit) {
    URI root = roots.get(preferred);
    return send(
        root,
        () ->
            request(root, resource)
                .timeout(limit)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(PercentEncoding.form(form))),
        limit);
  }

  /** MAAS's own 504 is of the machine's BMC, which the next region would not reach either. */
  private static boolean anotherRegionMayDoBetter(MaasAnswer answer) {
    return switch (answer.status()) {
      case 502, 503 -> true;
      case 504 -> !answer.isText();
      default -> false;
    };
  }

  private HttpRequest.Builder request(URI root, String resource) {
    return HttpRequest.newBuilder(URI.create(root + resource))
        .header("Accept", "application/json")
        .header("Authorization", key.header(clock.instant().getEpochSecond()));
  }

  private interface Attempt {
    HttpRequest.Builder prepare();
  }

  /** A 401 is tried once more: the nonce may have been seen, in another attempt of the same one. */
  private MaasAnswer send(URI root, Attempt attempt, Duration limit) {
    HttpResponse<String> response = exchange(root, attempt.prepare().build(), limit);
    if (response.statusCode() == 401) {
      response = exchange(root, attempt.prepare().build(), limit);
    }
    if (response.statusCode() == 401) {
      throw new PowerControlUnavailable(
          "MAAS at %s does not accept the API key (401)%s".formatted(root, clockSkew(response)));
    }
    return new MaasAnswer(
        root,
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT),
        response.headers().firstValue("Retry-After").isPresent(),
        response.body());
  }

  /** The request's own time-out ends with the headers; the body may take for ever. */
  private HttpResponse<String> exchange(URI root, HttpRequest request, Duration limit) {
    CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, bodyUnlessRefused());
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(root, e.getCause());
    } catch (TimeoutException e) {
      throw failed(root, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(root, e);
    } finally {
      answer.cancel(true);
    }
  }

  private static PowerControlUnavailable failed(URI root, Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new NotReached("MAAS at %s did not answer in time".formatted(root), cause);
    }
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return new TimedOut("MAAS at %s did not answer in time".formatted(root), cause);
    }
    String message = "MAAS at %s cannot be reached: %s".formatted(root, describe(cause));
    return cause instanceof IOException
        ? new NotReached(message, cause)
        : new PowerControlUnavailable(message, cause);
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  /** The connection failed or broke: another region may be there. */
  private static class NotReached extends PowerControlUnavailable {
    NotReached(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The connection is there, but no answer came over it in time. */
  private static class TimedOut extends PowerControlUnavailable {
    TimedOut(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The body of a 401 may hold the right secret: it is thrown away unread. */
  private static BodyHandler<String> bodyUnlessRefused() {
    return info ->
        info.statusCode() == 401
            ? BodySubscribers.replacing("")
            : BodySubscribers.ofString(StandardCharsets.UTF_8);
  }

  private String clockSkew(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Date")
        .flatMap(MaasClient::parseDate)
        .map(theirs -> Duration.between(theirs, clock.instant()))
        .filter(skew -> skew.abs().compareTo(CLOCK_SKEW) > 0)
        .map(
            skew ->
                ": clock skew, this node's clock is %d s %s MAAS's"
                    .formatted(skew.abs().toSeconds(), skew.isNegative() ? "behind" : "ahead of"))
        .orElse("");
  }

  private static java.util.Optional<Instant> parseDate(String date) {
    try {
      return java.util.Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return java.util.Optional.empty();
    }
  }
}
