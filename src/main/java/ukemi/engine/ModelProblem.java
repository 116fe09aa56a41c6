package ukemi.engine;

/**
 * A rule that a model breaks.
 *
 * @param file name of the file, without folders
 * @param element id of the element; null when the whole file is meant
 * @param problem what is wrong, for the person who draws
 */
public record ModelProblem(String file, String element, String problem) {

  @Override
  public String toString() {
    return file + (element == null ? "" : ", " + element) + ": " + problem;
  }
}
