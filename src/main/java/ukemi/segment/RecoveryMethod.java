package ukemi.segment;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where the guests of a failed host of a segment go; lower case on the wire. */
public enum RecoveryMethod {
  AUTO,
  RESERVED_HOST,
  AUTO_PRIORITY,
  RH_PRIORITY;

  /** The word on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The method of that word; letter case counts. */
  public static Optional<RecoveryMethod> ofWire(String word) {
    return Arrays.stream(values()).filter(method -> method.wire().equals(word)).findFirst();
  }
}
