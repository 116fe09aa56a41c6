-- Millions of notifications: lists in their default order, by each filter, and the deletion of old
-- ones.

create index notification_created on ukemi.notification (created_at, id);
create index notification_status on ukemi.notification (status, created_at, id);
create index notification_type on ukemi.notification (type, created_at, id);
create index notification_source on ukemi.notification (source_host_uuid, created_at, id);
create index notification_generated on ukemi.notification (generated_time);

-- since when they have been as they ended
create index notification_ended on ukemi.notification (coalesce(updated_at, received_at))
    where status in ('finished', 'failed');
create index notification_ignored on ukemi.notification (coalesce(updated_at, received_at))
    where status = 'ignored';
create index refused_notification_received on ukemi.refused_notification (received_at);

-- what hangs on a run
create index recovery_run_notification on ukemi.recovery_run (notification_uuid);
create index evacuation_attempt_run on ukemi.evacuation_attempt (run_id);
create index proof_of_off_run on ukemi.proof_of_off (run_id);
create index attention_notification on ukemi.attention (notification_uuid);
