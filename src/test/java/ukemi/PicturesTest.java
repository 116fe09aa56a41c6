package ukemi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The pages show the processes as they are. */
class PicturesTest {

  private static final Path MODELS = Path.of("processes");
  private static final Path PICTURES = Path.of("src/site/resources/images");
  private static final Path PAGES = Path.of("src/site/markdown/processes");
  private static final Pattern HASH = Pattern.compile("sha256:([0-9a-f]{64})");

  static Stream<String> processes() throws IOException {
    return names(MODELS, ".bpmn").stream();
  }

  @Test
  void thereIsAPictureOfEachProcessAndNoOther() throws IOException {
    assertThat(names(PICTURES, ".svg")).isNotEmpty().isEqualTo(names(MODELS, ".bpmn"));
  }

  @ParameterizedTest
  @MethodSource("processes")
  void thePictureIsOfTheModelAsItIs(String process) throws Exception {
    byte[] model = Files.readAllBytes(MODELS.resolve(process + ".bpmn"));
    Matcher drawn = HASH.matcher(picture(process));
    assertThat(drawn.find()).isTrue();
    assertThat(drawn.group(1))
        .as("%s has changed since its picture was drawn: run npm run pictures", process)
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model)));
  }

  @ParameterizedTest
  @MethodSource("processes")
  void everythingDrawnInTheModelIsInThePicture(String process) throws Exception {
    String picture = picture(process);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    // the picture is well-formed, too
    factory.newDocumentBuilder().parse(PICTURES.resolve(process + ".svg").toFile());
    Document model = factory.newDocumentBuilder().parse(MODELS.resolve(process + ".bpmn").toFile());
    NodeList shapes = model.getElementsByTagNameNS("*", "BPMNShape");
    assertThat(shapes.getLength()).isPositive();
    for (int i = 0; i < shapes.getLength(); i++) {
      String element = ((Element) shapes.item(i)).getAttribute("bpmnElement");
      assertThat(picture).contains("data-element-id=\"" + element + "\"");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void eachProcessHasAPageWithItsPicture(String process) throws IOException {
    String page = Files.readString(PAGES.resolve(process + ".md"));
    assertThat(page).contains("(../../resources/images/" + process + ".svg)");
  }

  private static String picture(String process) throws IOException {
    return Files.readString(PICTURES.resolve(process + ".svg"));
  }

  private static List<String> names(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .sorted()
          .toList();
    }
  }
}
