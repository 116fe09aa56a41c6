package ukemi.api;

import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import ukemi.identity.Permission;

/** A legacy list of what the API consists of. */
@MasakariApi
@RequestMapping({"/v1/extensions", "/v1/{project:[0-9a-f\\-]+}/extensions"})
class ExtensionsController {

  record Extension(
      String name,
      String alias,
      String description,
      String namespace,
      String updated,
      List<String> links) {

    static Extension of(String alias, String name, String description) {
      return new Extension(name, alias, description, "", "", List.of());
    }
  }

  private static final List<Extension> ALL =
      List.of(
          Extension.of("extensions", "Extensions", "What the API consists of."),
          Extension.of("notifications", "Notifications", "Reports of failures."),
          Extension.of("os-hosts", "Hosts", "Hosts of failover segments."),
          Extension.of("segments", "Segments", "Failover segments."),
          Extension.of("versions", "Versions", "Version discovery."),
          Extension.of("vmoves", "vmoves", "Guests of host recoveries."));

  @GetMapping
  @Allowed(Permission.EXTENSIONS_INDEX)
  Map<String, List<Extension>> list() {
    return Map.of("extensions", ALL);
  }

  @GetMapping("/{alias}")
  @Allowed(Permission.EXTENSIONS_DETAIL)
  Map<String, Extension> show(@PathVariable String alias) {
    return ALL.stream()
        .filter(extension -> extension.alias().equals(alias))
        .findFirst()
        .map(extension -> Map.of("extension", extension))
        .orElseThrow(() -> ApiFault.notFound("no extension \"" + alias + "\""));
  }
}
