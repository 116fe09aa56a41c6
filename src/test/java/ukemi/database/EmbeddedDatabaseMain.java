package ukemi.database;

import java.nio.file.Path;

/** A program that holds an embedded database until its input ends; made to be killed. */
final class EmbeddedDatabaseMain {

  public static void main(String[] arguments) throws Exception {
    EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]));
    System.out.println("url " + database.getJdbcUrl());
    while (System.in.read() != -1) {
      Thread.onSpinWait();
    }
    database.close();
  }

  private EmbeddedDatabaseMain() {}
}
