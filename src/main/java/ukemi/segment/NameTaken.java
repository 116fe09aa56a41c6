package ukemi.segment;

/** Another segment, or another host of any segment, has the name. */
public class NameTaken extends RuntimeException {

  NameTaken(String what, String name) {
    super(what + " name \"" + name + "\" is taken");
  }
}
