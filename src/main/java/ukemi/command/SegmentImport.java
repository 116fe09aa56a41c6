package ukemi.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import ukemi.command.Masakari.HostThere;
import ukemi.command.Masakari.SegmentThere;
import ukemi.segment.Host;
import ukemi.segment.HostRegistry;
import ukemi.segment.Hosts;
import ukemi.segment.NameTaken;
import ukemi.segment.NewHost;
import ukemi.segment.NewSegment;
import ukemi.segment.Segment;
import ukemi.segment.SegmentRegistry;
import ukemi.segment.Segments;

/**
 * Registers here what is registered there, under the same uuids. What is here already is left as it
 * is, also when it is not the same.
 */
final class SegmentImport {

  private final Segments segments;
  private final Hosts hosts;
  private final SegmentRegistry segmentRegistry;
  private final HostRegistry hostRegistry;
  private final boolean dry;

  SegmentImport(
      Segments segments,
      Hosts hosts,
      SegmentRegistry segmentRegistry,
      HostRegistry hostRegistry,
      boolean dry) {
    this.segments = segments;
    this.hosts = hosts;
    this.segmentRegistry = segmentRegistry;
    this.hostRegistry = hostRegistry;
    this.dry = dry;
  }

  /** What became of a segment or a host. */
  enum Outcome {
    CREATED("created"),
    TO_CREATE("would be created"),
    SAME("already here"),
    DIFFERENT("left"),
    IMPOSSIBLE("not imported");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    /** Whether it is here now, or would be, as it is there. */
    boolean good() {
      return this == CREATED || this == TO_CREATE || this == SAME;
    }
  }

  /**
   * What was done.
   *
   * @param reason of what is not good; else empty
   */
  record Result(Outcome outcome, String reason) {

    static Result of(Outcome outcome) {
      return new Result(outcome, "");
    }

    static Result impossible(String reason) {
      return new Result(Outcome.IMPOSSIBLE, reason);
    }
  }

  Result take(SegmentThere there) {
    Optional<Segment> here = segments.byUuid(there.uuid());
    if (here.isPresent()) {
      return compared(differences(here.get(), there.segment()));
    }
    if (segments.wasDeleted(there.uuid())) {
      return Result.impossible("it was here and has been deleted");
    }
    Optional<Segment> namesake = segments.byName(there.segment().name());
    if (namesake.isPresent()) {
      return Result.impossible("the name is taken here by " + namesake.get().uuid());
    }
    return create(() -> Optional.of(segmentRegistry.adopt(there.uuid(), there.segment())));
  }

  /**
   * Takes a host of a segment.
   *
   * @param segmentComes whether the segment is here, or would be
   */
  Result take(HostThere there, UUID segment, boolean segmentComes) {
    Optional<Host> here = hosts.byUuid(there.uuid());
    if (here.isPresent()) {
      return compared(differences(here.get(), segment, there.host()));
    }
    if (hosts.wasDeleted(there.uuid())) {
      return Result.impossible("it was here and has been deleted");
    }
    Optional<Host> namesake = hosts.byName(there.host().name());
    if (namesake.isPresent()) {
      return Result.impossible("the name is taken here by " + namesake.get().uuid());
    }
    if (!segmentComes) {
      return Result.impossible("its segment is not here");
    }
    return create(() -> hostRegistry.adopt(segment, there.uuid(), there.host()));
  }

  private interface Creation {
    Optional<?> run();
  }

  private Result create(Creation creation) {
    if (dry) {
      return Result.of(Outcome.TO_CREATE);
    }
    try {
      return creation.run().isPresent()
          ? Result.of(Outcome.CREATED)
          : Result.impossible("its segment is not here");
    } catch (NameTaken | DuplicateKeyException e) {
      // somebody was quicker
      return Result.impossible("it has come here in this moment; run the import again");
    }
  }

  private static Result compared(List<String> differences) {
    return differences.isEmpty()
        ? Result.of(Outcome.SAME)
        : new Result(Outcome.DIFFERENT, String.join("; ", differences));
  }

  private static List<String> differences(Segment here, NewSegment there) {
    List<String> found = new ArrayList<>();
    compare(found, "name", here.name(), there.name());
    compare(found, "service_type", here.serviceType(), there.serviceType());
    compare(found, "recovery_method", here.recoveryMethod().wire(), there.recoveryMethod().wire());
    compare(found, "enabled", here.enabled(), there.enabled());
    if (!Objects.equals(here.description(), there.description())) {
      // may be long
      found.add("another description");
    }
    return found;
  }

  private static List<String> differences(Host here, UUID segment, NewHost there) {
    List<String> found = new ArrayList<>();
    compare(found, "segment", here.segmentUuid(), segment);
    compare(found, "name", here.name(), there.name());
    compare(found, "type", here.type(), there.type());
    compare(found, "control_attributes", here.controlAttributes(), there.controlAttributes());
    compare(found, "reserved", here.reserved(), there.reserved());
    compare(found, "on_maintenance", here.onMaintenance(), there.onMaintenance());
    return found;
  }

  private static void compare(List<String> found, String field, Object here, Object there) {
    if (!Objects.equals(here, there)) {
      found.add("%s is %s here, %s in Masakari".formatted(field, here, there));
    }
  }
}
