-- A host that is up again is offered its return. What was noted before that was so, or with a
-- recovery that has long ended, offers none.
update ukemi.recovery_run set host_started_at = null where closed_at is not null;
-- Its recoveries and returns are looked through for that, open or not.
create index recovery_run_host on ukemi.recovery_run (host_uuid);
create index host_return_host on ukemi.host_return (host_uuid);
