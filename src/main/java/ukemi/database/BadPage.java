package ukemi.database;

/** The page asked for does not exist: unknown marker or unknown sort key. */
public class BadPage extends RuntimeException {

  BadPage(String message) {
    super(message);
  }
}
