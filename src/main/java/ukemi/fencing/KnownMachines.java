package ukemi.fencing;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which machine each host was last known as. */
@Repository
class KnownMachines {

  private final JdbcClient jdbc;
  private final OwnTransaction ownTransaction;

  KnownMachines(JdbcClient jdbc, OwnTransaction ownTransaction) {
    this.jdbc = jdbc;
    this.ownTransaction = ownTransaction;
  }

  Optional<String> systemId(String host) {
    return jdbc.sql("select system_id from ukemi.known_machine where host_name = ?")
        .param(host)
        .query(String.class)
        .optional();
  }

  void remember(String host, String systemId) {
    ownTransaction.run(
        () ->
            jdbc.sql(
                    "insert into ukemi.known_machine (host_name, system_id, known_at)"
                        + " values (?, ?, clock_timestamp())"
                        + " on conflict (host_name) do update"
                        + " set system_id = excluded.system_id, known_at = excluded.known_at"
                        + " where known_machine.system_id <> excluded.system_id")
                .params(host, systemId)
                .update());
  }
}
