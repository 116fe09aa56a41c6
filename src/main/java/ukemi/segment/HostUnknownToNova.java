package ukemi.segment;

/** Nova has no nova-compute service of that host name. */
public class HostUnknownToNova extends RuntimeException {

  HostUnknownToNova(String name) {
    super("Nova knows no nova-compute on a host named \"" + name + "\"");
  }
}
