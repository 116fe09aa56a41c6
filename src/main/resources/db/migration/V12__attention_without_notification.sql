-- A process that has no notification may wait as well, such as the return of a host that was never
-- recovered.
alter table ukemi.attention
    alter column notification_uuid drop not null,
    add column process_instance_id text,
    add constraint attention_of_one_thing check (num_nonnulls(notification_uuid, process_instance_id) = 1);
create unique index one_open_attention_of_process on ukemi.attention (process_instance_id, subject)
    where settled_at is null;
