package ukemi.hostreturn;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import ukemi.compute.Compute;
import ukemi.compute.ComputeRefused;
import ukemi.compute.ComputeUnavailable;
import ukemi.compute.Instance;
import ukemi.notification.RecoveryRuns;
import ukemi.segment.Hosts;

/**
 * Moves guests back to their host by live migration, a few at a time. Whether one has moved is read
 * from Nova; what does not move stays where it is and is listed.
 */
@Component
class GuestsBack {

  /** A guest that Nova has not moved is asked for once more. */
  private static final int TRIES = 2;

  private final Compute compute;
  private final ReturnSettings settings;
  private final Hosts hosts;
  private final RecoveryRuns runs;
  private final JdbcClient jdbc;
  private final TransactionTemplate ownTransaction;

  GuestsBack(
      Compute compute,
      ReturnSettings settings,
      Hosts hosts,
      RecoveryRuns runs,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.compute = compute;
    this.settings = settings;
    this.hosts = hosts;
    this.runs = runs;
    this.jdbc = jdbc;
    ownTransaction = new TransactionTemplate(transactions);
    ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  enum Outcome {
    BACK,
    LEFT
  }

  /**
   * A guest that is not settled.
   *
   * @param overdue whether it has been on its way for too long
   */
  private record Row(
      UUID instanceUuid, String instanceName, String fromHost, int asked, boolean overdue) {}

  /**
   * One round: looks at the guests that are on their way and sends the next ones.
   *
   * @return how many are still to be waited for
   * @throws ComputeUnavailable when Nova does not answer
   */
  int move(HostReturn hostReturn) {
    list(hostReturn);
    int open = 0;
    int moving = 0;
    for (Row row : open(hostReturn)) {
      Optional<Instance> guest = compute.instance(row.instanceUuid());
      Optional<String> why = whyNot(row, guest, hostReturn.hostName());
      if (guest.filter(one -> isBack(one, hostReturn.hostName())).isPresent()) {
        end(hostReturn, row, Outcome.BACK, null);
      } else if (why.isPresent()) {
        end(hostReturn, row, Outcome.LEFT, why.get());
      } else if (guest.get().taskState() != null) {
        onItsWay(hostReturn, row);
        moving++;
        open++;
      } else if (isBeingRecovered(row.fromHost())) {
        open++;
      } else if (moving < settings.guestsAtOnce()) {
        if (send(hostReturn, row)) {
          moving++;
          open++;
        }
      } else {
        open++;
      }
    }
    return open;
  }

  /** Those whom the recovery has brought elsewhere; known before the first is asked for. */
  private void list(HostReturn hostReturn) {
    ownTransaction.executeWithoutResult(
        status ->
            jdbc.sql(
                    """
                    insert into ukemi.guest_move_back
                      (return_id, instance_uuid, instance_name, from_host)
                    select distinct on (v.instance_uuid)
                           b.id, v.instance_uuid, v.instance_name, v.dest_host
                      from ukemi.host_return b join ukemi.vmove v on v.run_id = any (b.run_ids)
                     where b.id = ? and v.status = 'succeeded' and v.dest_host is not null
                     order by v.instance_uuid, v.id desc
                    on conflict do nothing
                    """)
                .param(hostReturn.id())
                .update());
  }

  /** Its own recovery looks after its guests then. */
  private boolean isBeingRecovered(String host) {
    return hosts.byName(host).flatMap(found -> runs.openRunOf(found.uuid())).isPresent();
  }

  private void onItsWay(HostReturn hostReturn, Row row) {
    jdbc.sql(
            """
            update ukemi.guest_move_back set moving_since = coalesce(moving_since, clock_timestamp())
            where return_id = ? and instance_uuid = ?
            """)
        .params(hostReturn.id(), row.instanceUuid())
        .update();
  }

  private static boolean isBack(Instance guest, String host) {
    return host.equals(guest.host())
        && guest.taskState() == null
        && !guest.vmState().equals("error");
  }

  private static Optional<String> whyNot(Row row, Optional<Instance> guest, String host) {
    if (guest.isEmpty()) {
      return Optional.of("it was deleted");
    }
    Instance now = guest.get();
    if (now.taskState() != null) {
      return row.overdue()
          ? Optional.of("Nova is at work on it (%s) for too long".formatted(now.taskState()))
          : Optional.empty();
    }
    if (host.equals(now.host())) {
      return Optional.of("it is in error on " + host); // any other is back
    }
    if (!row.fromHost().equals(now.host())) {
      return Optional.of("somebody has moved it to " + now.host());
    }
    if (!now.vmState().equals("active")) {
      return Optional.of("it is %s: a live migration needs it running".formatted(now.vmState()));
    }
    return row.asked() < TRIES
        ? Optional.empty()
        : Optional.of("Nova has not moved it from " + now.host());
  }

  private boolean send(HostReturn hostReturn, Row row) {
    ownTransaction.executeWithoutResult(
        status ->
            jdbc.sql(
                    """
                    update ukemi.guest_move_back set asked = asked + 1, moving_since = null
                    where return_id = ? and instance_uuid = ?
                    """)
                .params(hostReturn.id(), row.instanceUuid())
                .update());
    try {
      compute.liveMigrate(row.instanceUuid(), hostReturn.hostName());
      return true;
    } catch (ComputeRefused e) {
      end(hostReturn, row, Outcome.LEFT, "Nova refuses it: " + e.getMessage());
      return false;
    }
  }

  private List<Row> open(HostReturn hostReturn) {
    return jdbc.sql(
            """
            select instance_uuid, instance_name, from_host, asked,
                   coalesce(moving_since < clock_timestamp() - cast(? as interval), false) as overdue
              from ukemi.guest_move_back
             where return_id = ? and outcome is null
             order by asked desc, instance_name, instance_uuid
            """)
        .params(settings.deadline().toString(), hostReturn.id())
        .query(Row.class)
        .list();
  }

  private void end(HostReturn hostReturn, Row row, Outcome outcome, String detail) {
    jdbc.sql(
            """
            update ukemi.guest_move_back set outcome = ?, detail = ?
            where return_id = ? and instance_uuid = ?
            """)
        .params(outcome.name(), detail, hostReturn.id(), row.instanceUuid())
        .update();
  }

  /** No more guests are sent. */
  @Transactional
  void stop(HostReturn hostReturn, String why) {
    jdbc.sql(
            """
            update ukemi.guest_move_back set outcome = 'LEFT', detail = ?
            where return_id = ? and outcome is null
            """)
        .params(why, hostReturn.id())
        .update();
  }

  int back(HostReturn hostReturn) {
    return jdbc.sql(
            "select count(*) from ukemi.guest_move_back where return_id = ? and outcome = 'BACK'")
        .param(hostReturn.id())
        .query(Integer.class)
        .single();
  }

  /** Guests that did not go back and why, a line each. */
  List<String> left(HostReturn hostReturn) {
    return jdbc.sql(
            """
            select instance_name || ' (' || instance_uuid || '): ' || detail
              from ukemi.guest_move_back where return_id = ? and outcome = 'LEFT'
             order by instance_name, instance_uuid
            """)
        .param(hostReturn.id())
        .query(String.class)
        .list();
  }
}
