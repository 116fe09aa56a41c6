package ukemi.simulator;

import java.util.Map;

/** Nova says no. */
final class Refused extends RuntimeException {

  private static final Map<Integer, String> FAULTS =
      Map.of(
          400, "badRequest",
          403, "forbidden",
          404, "itemNotFound",
          405, "badMethod",
          409, "conflictingRequest",
          413, "overLimit",
          415, "badMediaType",
          429, "overLimit",
          503, "serviceUnavailable");

  final int status;

  Refused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  Answer answer() {
    return Answer.json(
        status,
        Map.of(
            FAULTS.getOrDefault(status, "computeFault"),
            Json.object("code", status, "message", getMessage())));
  }
}
