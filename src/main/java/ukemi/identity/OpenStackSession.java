package ukemi.identity;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.exceptions.OS4JException;
import org.openstack4j.core.transport.ClientConstants;
import org.openstack4j.core.transport.Config;
import org.openstack4j.core.transport.HttpMethod;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.internal.HttpExecutor;
import org.openstack4j.model.identity.v3.Token;
import org.openstack4j.openstack.OSFactory;
import org.openstack4j.openstack.identity.v3.domain.KeystoneToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Our own session with OpenStack: one token for all threads, asked for when it is first needed,
 * renewed before it expires and when a service does not accept it.
 */
@Component
public class OpenStackSession {

  private static final Logger LOG = LoggerFactory.getLogger(OpenStackSession.class);
  private static final Duration PAUSE_AFTER_FAILED_RENEWAL = Duration.ofSeconds(30);
  private static final Duration SURE_OF_CATALOGUE = Duration.ofMinutes(1);

  private final OpenStackSettings settings;
  private final OpenStackTimeouts timeouts;
  private final LongSupplier nanoTime;
  private final ReentrantLock renewing = new ReentrantLock();
  private volatile Held held;
  private volatile Failure failure;

  /** A token with times of System.nanoTime, so that no clock has to agree with Keystone's. */
  private record Held(Token token, long since, long renewAt, long expiresAt) {

    boolean fresh(long now) {
      return now - renewAt < 0 && valid(now);
    }

    boolean valid(long now) {
      return now - expiresAt < 0;
    }

    Held renewedAt(long time) {
      return new Held(token, since, time, expiresAt);
    }
  }

  private record Failure(long at, IdentityUnavailable cause) {}

  @Autowired
  public OpenStackSession(OpenStackSettings settings, OpenStackTimeouts timeouts) {
    this(settings, timeouts, System::nanoTime);
  }

  OpenStackSession(OpenStackSettings settings, OpenStackTimeouts timeouts, LongSupplier nanoTime) {
    this.settings = settings;
    this.timeouts = timeouts;
    this.nanoTime = nanoTime;
  }

  /**
   * Runs calls in an openstack4j session of this thread; all over again, with a new token, when a
   * service does not accept the token (401: it did nothing).
   *
   * @param readTimeout for each single request
   * @throws IdentityUnavailable when Keystone gives no token
   * @throws OS4JException as {@link JdkConnector} says; {@link AuthenticationException} when a new
   *     token is not accepted either
   */
  public <T> T call(Duration readTimeout, Function<OSClientV3, T> calls) {
    Held current = token();
    try {
      return calls.apply(client(current, readTimeout));
    } catch (AuthenticationException e) {
      reject(current);
      return calls.apply(client(token(), readTimeout));
    }
  }

  /**
   * A service did not answer as expected. A token carries the catalogue of its time, and a service
   * may have moved: the next call authenticates anew, unless that has been done within a minute.
   */
  public void doubtCatalogue() {
    if (!renewing.tryLock()) {
      return; // being renewed
    }
    try {
      long now = nanoTime.getAsLong();
      if (held != null && now - held.since() > SURE_OF_CATALOGUE.toNanos()) {
        held = held.renewedAt(now);
      }
    } finally {
      renewing.unlock();
    }
  }

  private OSClientV3 client(Held current, Duration readTimeout) {
    return OSFactory.clientFromToken(current.token(), settings.facing(), config(readTimeout))
        .useRegion(settings.region().orElse(null));
  }

  Config config(Duration readTimeout) {
    return Config.newConfig()
        .withConnectionTimeout((int) timeouts.connectTimeout().toMillis())
        .withReadTimeout((int) readTimeout.toMillis())
        .withSSLContext(settings.tls())
        .withEndpointURLResolver(new CatalogueEndpoints());
  }

  private void reject(Held rejected) {
    renewing.lock();
    try {
      if (held == rejected) {
        held = null;
      }
    } finally {
      renewing.unlock();
    }
  }

  private Held token() {
    Held current = held;
    long began = nanoTime.getAsLong();
    if (current != null && current.fresh(began)) {
      return current;
    }
    if (current == null || !current.valid(began)) {
      renewing.lock();
    } else if (!renewing.tryLock()) {
      return current; // while another thread renews: Keystone may hang
    }
    try {
      current = held;
      long now = nanoTime.getAsLong();
      if (current != null && current.fresh(now)) {
        return current;
      }
      // who waited for a login that failed does not wait for another
      if (failure != null && failure.at() - began > 0 && (current == null || !current.valid(now))) {
        throw new IdentityUnavailable(failure.cause().getMessage(), failure.cause());
      }
      held = renew(current);
      return held;
    } finally {
      renewing.unlock();
    }
  }

  private Held renew(Held current) {
    try {
      return login();
    } catch (IdentityUnavailable e) {
      long now = nanoTime.getAsLong();
      failure = new Failure(now, e);
      if (current == null || !current.valid(now)) {
        throw e;
      }
      LOG.warn("Token not renewed, using the old one: {}", e.getMessage());
      return current.renewedAt(now + PAUSE_AFTER_FAILED_RENEWAL.toNanos());
    }
  }

  private Held login() {
    long now = nanoTime.getAsLong();
    try {
      HttpResponse response =
          HttpExecutor.create()
              .execute(
                  HttpRequest.builder(KeystoneToken.class)
                      .endpoint(settings.authUrl().toString())
                      .path("/auth/tokens")
                      .method(HttpMethod.POST)
                      .config(config(timeouts.readTimeout()))
                      .json(settings.login())
                      .build());
      if (response.getStatus() == 401) {
        throw new IdentityUnavailable("Keystone does not let in " + settings.who(), null);
      }
      String id = response.header(ClientConstants.HEADER_X_SUBJECT_TOKEN);
      if (response.getStatus() != 201 || id == null) {
        throw new IdentityUnavailable(
            "Keystone answered " + response.getStatus() + " to the login of " + settings.who(),
            null);
      }
      KeystoneToken token = response.readEntity(KeystoneToken.class);
      if (token.getExpires() == null || token.getIssuedAt() == null || token.getCatalog() == null) {
        throw new IdentityUnavailable(
            settings.authUrl() + " does not answer as Keystone does", null);
      }
      token.setId(id);
      token.setEndpoint(settings.authUrl().toString());
      Duration life =
          Duration.between(token.getIssuedAt().toInstant(), token.getExpires().toInstant());
      LOG.debug("New token for {}, valid for {}", settings.who(), life);
      return new Held(token, now, now + life.toNanos() / 10 * 9, now + life.toNanos());
    } catch (OS4JException e) {
      throw new IdentityUnavailable("Keystone does not answer: " + e.getMessage(), e);
    }
  }
}
