package ukemi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.util.ClassUtils;
import ukemi.engine.ModelChecks;

/** Every drawing and form of the repository, checked as an operator's are at run time. */
class ModelsTest {

  @Test
  void everyModelKeepsTheRules() throws IOException {
    Map<String, Class<?>> beans = runbookBeans();
    ModelChecks checks = new ModelChecks(name -> Optional.ofNullable(beans.get(name)));
    assertThat(checks.problems(files())).isEmpty();
  }

  /** Only by name and class: no context is started. */
  private static Map<String, Class<?>> runbookBeans() {
    SimpleBeanDefinitionRegistry registry = new SimpleBeanDefinitionRegistry();
    ClassPathBeanDefinitionScanner scanner = new ClassPathBeanDefinitionScanner(registry);
    scanner.setIncludeAnnotationConfig(false);
    scanner.scan("ukemi.runbook");
    return Stream.of(registry.getBeanDefinitionNames())
        .collect(
            Collectors.toMap(
                name -> name,
                name ->
                    ClassUtils.resolveClassName(
                        registry.getBeanDefinition(name).getBeanClassName(), null)));
  }

  private static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    for (Path folder : List.of(Path.of("processes"), Path.of("forms"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> paths = Files.list(folder)) {
          for (Path path : paths.toList()) {
            files.put(path.getFileName().toString(), Files.readAllBytes(path));
          }
        }
      }
    }
    return files;
  }
}
