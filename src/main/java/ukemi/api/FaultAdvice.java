package ukemi.api;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.database.BadPage;
import ukemi.identity.IdentityUnavailable;
import ukemi.notification.NothingToDo;
import ukemi.notification.NotificationRefused;
import ukemi.notification.UnknownSourceHost;
import ukemi.plannedwork.PlanIsBusy;
import ukemi.plannedwork.WorkIsOver;
import ukemi.plannedwork.WorkRefused;
import ukemi.segment.HostUnknownToNova;
import ukemi.segment.NameTaken;
import ukemi.segment.SegmentInUse;

/**
 * Turns what went wrong into Masakari's fault bodies. What nobody planned for is logged, not told.
 */
@RestControllerAdvice(annotations = MasakariApi.class)
class FaultAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(FaultAdvice.class);
  private final String challenge;

  /**
   * @param keystone told to callers without a valid token, so that they know where to get one
   */
  FaultAdvice(@Value("${OS_AUTH_URL:}") String keystone) {
    this.challenge = keystone.isBlank() ? "Keystone" : "Keystone uri=\"" + keystone + "\"";
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> fault(ApiFault fault) {
    return fault.status() == HttpStatus.UNAUTHORIZED
        ? unauthorized(fault)
        : answer(fault.status(), fault.getMessage());
  }

  @ExceptionHandler({
    BadPage.class,
    UnknownSourceHost.class,
    HostUnknownToNova.class,
    WorkRefused.class
  })
  ResponseEntity<Map<String, Object>> badRequest(RuntimeException e) {
    return answer(HttpStatus.BAD_REQUEST, e.getMessage());
  }

  @ExceptionHandler({
    NameTaken.class,
    SegmentInUse.class,
    NotificationRefused.class,
    NothingToDo.class,
    WorkIsOver.class
  })
  ResponseEntity<Map<String, Object>> conflict(RuntimeException e) {
    return answer(HttpStatus.CONFLICT, e.getMessage());
  }

  @ExceptionHandler({ComputeUnavailable.class, ComputeRefused.class})
  ResponseEntity<Map<String, Object>> novaUnavailable(RuntimeException e) {
    LOG.warn("Nova could not be asked", e);
    return answer(HttpStatus.SERVICE_UNAVAILABLE, "Nova could not be asked, try again later");
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> busy(PlanIsBusy e) {
    LOG.warn("planned work could not be changed", e);
    return answer(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> keystoneUnavailable(IdentityUnavailable e) {
    LOG.warn("Keystone could not be asked", e);
    return answer(HttpStatus.SERVICE_UNAVAILABLE, "Keystone could not be asked, try again later");
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> unplanned(Exception e) {
    if (databaseUnavailable(e)) {
      LOG.warn("the database could not be reached", e);
      return answer(
          HttpStatus.SERVICE_UNAVAILABLE, "the database could not be reached, try again later");
    }
    LOG.error("a request failed", e);
    return answer(HttpStatus.INTERNAL_SERVER_ERROR, "the request failed, see the log");
  }

  /** The engine wraps what the database throws, so the causes count too. */
  private static boolean databaseUnavailable(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DataAccessResourceFailureException
          || cause instanceof TransientDataAccessException
          || cause instanceof TransactionException
          || cause instanceof SQLTransientConnectionException
          || cause instanceof SQLException sql && connectionLost(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** SQL states of class 08 (connection) and 57P (server shuts down or starts). */
  private static boolean connectionLost(String sqlState) {
    return sqlState != null && (sqlState.startsWith("08") || sqlState.startsWith("57P"));
  }

  private ResponseEntity<Map<String, Object>> unauthorized(ApiFault fault) {
    return ResponseEntity.status(HttpStatus.UNAUTHORIZED)
        .header(HttpHeaders.WWW_AUTHENTICATE, challenge)
        .contentType(FaultBody.TYPE)
        .body(FaultBody.unauthorized(fault.getMessage()));
  }

  private static ResponseEntity<Map<String, Object>> answer(HttpStatus status, String message) {
    return ResponseEntity.status(status)
        .contentType(FaultBody.TYPE)
        .body(FaultBody.of(status.value(), message));
  }
}
