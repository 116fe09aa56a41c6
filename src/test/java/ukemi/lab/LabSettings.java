package ukemi.lab;

import java.util.HashMap;
import java.util.Map;
import ukemi.simulator.SimulatedCloud;

/** What an operator sets for Ukemi in front of the lab. */
final class LabSettings {

  private LabSettings() {}

  static Map<String, String> of(SimulatedCloud maas, String database) {
    Map<String, String> settings = new HashMap<>(Lab.SERVICE_USER);
    settings.put("UKEMI_MAAS_URL", maas.maasUrl());
    settings.put("UKEMI_MAAS_API_KEY", maas.maasApiKey());
    settings.put("SPRING_DATASOURCE_URL", database);
    settings.put("UKEMI_ADMIN_PASSWORD", "not-a-secret");
    return settings;
  }
}
