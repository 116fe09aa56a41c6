-- Announced work on a host, a segment or the whole cloud: failures inside it are noted, not
-- recovered, and its end is remembered until a person has seen what is left.
create table ukemi.planned_work (
    id         bigint generated always as identity primary key,
    uuid       uuid        not null unique,
    scope      text        not null check (scope in ('HOST', 'SEGMENT', 'CLOUD')),
    -- the host's or the segment's; it may be deleted meanwhile
    scope_uuid uuid,
    -- its name when the work was announced
    scope_name text,
    starts_at  timestamptz not null,
    ends_at    timestamptz not null,
    reason     text        not null,
    person     text        not null,
    -- when it was found to be over, or was ended before; null = it is not
    ended_at   timestamptz,
    -- null = its time was up
    ended_by   text,
    -- when what is left had been seen to; until then there is a process
    closed_at  timestamptz,
    outcome    text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz,
    check (ends_at > starts_at),
    check ((scope = 'CLOUD') = (scope_uuid is null) and (scope = 'CLOUD') = (scope_name is null)),
    check (ended_at is not null or ended_by is null and closed_at is null)
);
create index planned_work_unfinished on ukemi.planned_work (ends_at) where closed_at is null;

-- A notification that was ignored because of it; overlapping works note the same one.
create table ukemi.planned_work_failure (
    work_uuid         uuid not null references ukemi.planned_work (uuid),
    notification_uuid uuid not null references ukemi.notification (uuid),
    primary key (work_uuid, notification_uuid)
);
create index planned_work_failure_notification on ukemi.planned_work_failure (notification_uuid);
