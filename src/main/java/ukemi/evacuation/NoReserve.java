package ukemi.evacuation;

/** There is no reserve that could take guests now. */
public class NoReserve extends Exception {

  NoReserve(String message) {
    super(message);
  }
}
