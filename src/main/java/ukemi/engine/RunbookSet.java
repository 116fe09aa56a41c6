package ukemi.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;

/**
 * The drawings, tables and forms that a node would deploy together.
 *
 * @param files content by file name
 * @param origins where each file came from
 * @param problems why the set cannot even be read; empty = it can
 */
record RunbookSet(
    SortedMap<String, byte[]> files,
    SortedMap<String, String> origins,
    List<ModelProblem> problems) {

  /** The same for the same names and contents, wherever they came from. */
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, content) -> {
            add(digest, name.getBytes(StandardCharsets.UTF_8));
            add(digest, content);
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
    digest.update(part);
  }
}
