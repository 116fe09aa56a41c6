package ukemi.notification;

/** A notification names a host that is not registered. */
public class UnknownSourceHost extends RuntimeException {

  UnknownSourceHost(String name) {
    super("no host named \"" + name + "\" is registered");
  }
}
