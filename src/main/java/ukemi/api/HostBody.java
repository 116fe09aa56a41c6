package ukemi.api;

import ukemi.segment.HostChange;
import ukemi.segment.NewHost;

/** What may be sent about a host. */
final class HostBody {

  private HostBody() {}

  static NewHost create(Fields host) {
    return new NewHost(
        host.required("name", Rules::name),
        host.required("type", Rules::hostType),
        host.required("control_attributes", Rules::requiredDescription),
        host.optional("reserved", Rules::bool, false),
        host.optional("on_maintenance", Rules::bool, false));
  }

  static HostChange change(Fields host) {
    host.requireAny();
    return new HostChange(
        host.optional("name", Rules::name, null),
        host.optional("type", Rules::hostType, null),
        host.optional("control_attributes", Rules::requiredDescription, null),
        host.optional("reserved", Rules::bool, null),
        host.optional("on_maintenance", Rules::bool, null));
  }
}
