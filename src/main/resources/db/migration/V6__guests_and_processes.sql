-- One failed guest that is being restarted: several reports of one guest are one run.
create table ukemi.guest_run (
    id                  uuid primary key,
    notification_uuid   uuid        not null references ukemi.notification (uuid),
    instance_uuid       uuid        not null,
    host_name           text        not null,
    process_instance_id text        not null,
    opened_at           timestamptz not null default clock_timestamp(),
    -- when Nova was last asked to stop or start the guest; null = it was not
    restarted_at        timestamptz,
    -- when Nova first showed the guest as not active; null = it has not
    seen_down_at        timestamptz,
    closed_at           timestamptz
);
create unique index one_open_run_per_guest on ukemi.guest_run (instance_uuid) where closed_at is null;
create index guest_run_instance on ukemi.guest_run (instance_uuid, restarted_at);
create index guest_run_notification on ukemi.guest_run (notification_uuid);

-- One failed process for which its host takes no new guests.
create table ukemi.process_run (
    id                  uuid primary key,
    notification_uuid   uuid        not null references ukemi.notification (uuid),
    host_uuid           uuid        not null references ukemi.host (uuid),
    host_name           text        not null,
    process_name        text        not null,
    process_instance_id text        not null,
    opened_at           timestamptz not null default clock_timestamp(),
    -- what was reported last: null = that it is down
    reported_up_at      timestamptz,
    -- when it was found to be back; null = it is down
    back_at             timestamptz,
    closed_at           timestamptz
);
create unique index one_open_run_per_process on ukemi.process_run (host_uuid, process_name) where closed_at is null;
create index process_run_notification on ukemi.process_run (notification_uuid);
