alter table ukemi.host drop constraint host_maintenance_owner_check;
alter table ukemi.host add constraint host_maintenance_owner_check
    check (maintenance_owner in ('OPERATOR', 'RECOVERY', 'PROCESS', 'RETURN'));

-- A host on its way back into service.
create table ukemi.host_return (
    id                  uuid primary key,
    host_uuid           uuid        not null references ukemi.host (uuid),
    host_name           text        not null,
    -- who had it on maintenance before, and has it again when the return is given up
    owner_before        text        not null,
    -- the recoveries since it was last in service; they may be deleted later
    run_ids             uuid[]      not null,
    -- when a monitor reported it dead during its return
    reported_down_at    timestamptz,
    process_instance_id text        not null,
    opened_at           timestamptz not null default clock_timestamp(),
    closed_at           timestamptz
);
create unique index one_open_return_per_host on ukemi.host_return (host_uuid) where closed_at is null;

-- What the return has done, and what it has left undone, for its report.
create table ukemi.host_return_step (
    return_id uuid        not null references ukemi.host_return (id),
    step      text        not null,
    done      boolean     not null,
    detail    text        not null,
    at        timestamptz not null default clock_timestamp(),
    primary key (return_id, step)
);

-- A guest that is to go back to the host.
create table ukemi.guest_move_back (
    return_id     uuid not null references ukemi.host_return (id),
    instance_uuid uuid not null,
    instance_name text not null,
    -- where its evacuation put it
    from_host     text not null,
    -- how often Nova was asked to move it
    asked         int  not null default 0,
    -- when it was first seen on its way
    moving_since  timestamptz,
    -- null until it is known what became of it
    outcome       text,
    detail        text,
    primary key (return_id, instance_uuid)
);
