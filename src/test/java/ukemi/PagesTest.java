package ukemi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever follows a link in README or a page arrives. */
class PagesTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern TITLE = Pattern.compile("(?m)^#{1,6} (.+)$");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/site/markdown"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), files.toList().stream())
          .filter(file -> file.toString().endsWith(".md"));
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void eachLinkLeadsToAPageAndATitle(Path page) throws IOException {
    for (String link : links(page)) {
      if (link.startsWith("https://")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target =
          parts[0].isEmpty()
              ? page
              : Path.of("").resolve(page).resolveSibling(parts[0]).normalize();
      assertThat(target).as("%s in %s", link, page).exists();
      if (parts.length > 1) {
        assertThat(titles(target)).as("%s in %s", link, page).contains(parts[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void eachPageIsFoundFromReadme(Path page) throws IOException {
    if (page.toString().equals("README.md")) {
      return;
    }
    assertThat(links(Path.of("README.md"))).contains(page.toString());
  }

  private static Set<String> links(Path page) throws IOException {
    return LINK.matcher(Files.readString(page))
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toSet());
  }

  /** As git hosts name them. */
  private static Set<String> titles(Path page) throws IOException {
    return TITLE
        .matcher(Files.readString(page))
        .results()
        .map(MatchResult::group)
        .map(
            title ->
                title
                    .replaceFirst("#+ ", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
