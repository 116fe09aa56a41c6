-- Ukemi's own tables. The engine's are V1 (see engine.EngineTables).
-- Times are instants; generated_time is the sender's, all others are ours or Nova's as said.

create schema ukemi;

create table ukemi.failover_segment (
    id              bigint generated always as identity primary key,
    uuid            uuid        not null unique,
    name            text        not null,
    service_type    text        not null,
    recovery_method text        not null check (recovery_method in ('auto', 'reserved_host', 'auto_priority', 'rh_priority')),
    description     text,
    enabled         boolean     not null default true,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz,
    deleted_at      timestamptz
);
create unique index failover_segment_name on ukemi.failover_segment (name) where deleted_at is null;

create table ukemi.host (
    id                 bigint generated always as identity primary key,
    uuid               uuid        not null unique,
    segment_uuid       uuid        not null references ukemi.failover_segment (uuid),
    name               text        not null,
    type               text        not null,
    control_attributes text        not null,
    reserved           boolean     not null default false,
    -- who put the host on maintenance; null = nobody (rule R4)
    maintenance_owner  text check (maintenance_owner in ('OPERATOR', 'RECOVERY', 'PROCESS')),
    -- when its maintenance was last lifted: what is reported after that is news (rule R5)
    returned_at        timestamptz,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz,
    deleted_at         timestamptz
);
create unique index host_name on ukemi.host (name) where deleted_at is null;
create index host_segment on ukemi.host (segment_uuid);

create table ukemi.notification (
    id               bigint generated always as identity primary key,
    uuid             uuid         not null unique,
    type             text         not null check (type in ('COMPUTE_HOST', 'VM', 'PROCESS')),
    source_host_uuid uuid         not null references ukemi.host (uuid),
    source_host_name text         not null,
    segment_uuid     uuid         not null references ukemi.failover_segment (uuid),
    payload          jsonb        not null,
    generated_time   timestamptz  not null,
    received_at      timestamptz  not null default now(),
    status           text         not null check (status in ('new', 'running', 'error', 'failed', 'ignored', 'finished')),
    message          text,
    created_at       timestamptz  not null default now(),
    updated_at       timestamptz
);
create index notification_host on ukemi.notification (source_host_uuid, type, generated_time);
create index notification_open on ukemi.notification (source_host_uuid) where status in ('new', 'running', 'error');

-- A notification that was refused with 409, kept for the audit.
create table ukemi.refused_notification (
    id          bigint generated always as identity primary key,
    type        text        not null,
    host_name   text        not null,
    payload     jsonb       not null,
    reason      text        not null,
    received_at timestamptz not null default now()
);

-- One recovery of one host (rule R3).
create table ukemi.recovery_run (
    id                  uuid primary key,
    notification_uuid   uuid        not null references ukemi.notification (uuid),
    host_uuid           uuid        not null references ukemi.host (uuid),
    host_name           text        not null,
    process_instance_id text        not null,
    opened_at           timestamptz not null default now(),
    -- the host's own "STARTED", when it comes while the run is open
    host_started_at     timestamptz,
    -- why Nova cannot be read for it now; null = it can
    -- what a person is asked; null while nobody is (rule R12)
    asked_person        text,
    nova_problem        text,
    closed_at           timestamptz,
    reason              text
);
create unique index one_open_run_per_host on ukemi.recovery_run (host_uuid) where closed_at is null;

-- What Nova says of a host's nova-compute while a run is open (rule R2). Times of Nova's clock.
create table ukemi.heartbeat (
    run_id         uuid primary key references ukemi.recovery_run (id),
    host_name      text        not null,
    -- a heartbeat later than this is a sign of life; our own writes to the service move it
    baseline       timestamptz not null,
    last_heartbeat timestamptz not null,
    read_at        timestamptz not null,
    -- since when it has been advancing; null = it has not
    alive_since    timestamptz,
    -- our clock: since when a write of ours may be moving the heartbeat; null = none is under way
    own_write_at   timestamptz
);

-- The MAAS machine a host was last known as (rule R11).
create table ukemi.known_machine (
    host_name text primary key,
    system_id text        not null,
    known_at  timestamptz not null default now()
);

-- A machine that is being watched for a run: the power watcher reads it again and again.
create table ukemi.power_watch (
    run_id        uuid primary key references ukemi.recovery_run (id),
    host_name     text        not null,
    system_id     text        not null,
    watched_since timestamptz not null,
    next_read_at  timestamptz not null,
    -- somebody wants a reading begun later than this
    asked_at      timestamptz,
    -- the node that is reading, and until when unless it says again that it lives
    claimed_by    uuid,
    claimed_until timestamptz,
    -- the last reading took long, as that of a dead BMC does
    slow          boolean     not null default false
);

create table ukemi.power_order (
    id        bigint generated always as identity primary key,
    run_id    uuid        not null references ukemi.recovery_run (id),
    system_id text        not null,
    begun_at  timestamptz not null,
    ended_at  timestamptz,
    answer    text
);
create index power_order_run on ukemi.power_order (run_id);

create table ukemi.power_reading (
    id       bigint generated always as identity primary key,
    run_id   uuid        not null references ukemi.recovery_run (id),
    system_id text       not null,
    begun_at timestamptz not null,
    ended_at timestamptz not null,
    state    text        not null check (state in ('ON', 'OFF', 'UNKNOWN')),
    detail   text        not null
);
create index power_reading_run on ukemi.power_reading (run_id, begun_at);

create table ukemi.proof_of_off (
    id          uuid primary key,
    run_id      uuid        not null references ukemi.recovery_run (id),
    host_name   text        not null,
    kind        text        not null check (kind in ('READINGS', 'PERSON', 'NONE')),
    given_at    timestamptz not null default now(),
    given_by    text        not null,
    evidence    text        not null,
    -- an "on" read later than this voids it
    stands_from timestamptz not null,
    -- a second person has said that the machine is off although MAAS reads "on"
    overrides_power boolean not null default false,
    -- when an evacuation last relied on it
    last_used_at timestamptz not null default now(),
    voided_at   timestamptz,
    void_reason text
);
create unique index one_valid_proof_per_run on ukemi.proof_of_off (run_id) where voided_at is null;

-- A person's confirmation that was not taken; contradicted = because the world said otherwise.
create table ukemi.refused_confirmation (
    id           bigint generated always as identity primary key,
    run_id       uuid        not null references ukemi.recovery_run (id),
    person       text        not null,
    refused_at   timestamptz not null,
    contradicted boolean     not null,
    reason       text        not null
);
create index refused_confirmation_run on ukemi.refused_confirmation (run_id);

-- What else a person should know about the fencing of a run; the same text is kept once.
create table ukemi.fencing_note (
    run_id   uuid        not null references ukemi.recovery_run (id),
    text     text        not null,
    first_at timestamptz not null,
    last_at  timestamptz not null,
    primary key (run_id, text)
);

-- The lock we set on a machine in MAAS so that nobody switches it on during the evacuation.
create table ukemi.machine_latch (
    run_id      uuid primary key references ukemi.recovery_run (id),
    system_id   text        not null,
    locked_at   timestamptz not null default now(),
    unlocked_at timestamptz
);

-- One guest of one host recovery; Masakari calls it a vmove.
create table ukemi.vmove (
    id                  bigint generated always as identity primary key,
    uuid                uuid        not null unique,
    notification_uuid   uuid        not null references ukemi.notification (uuid),
    run_id              uuid        not null references ukemi.recovery_run (id),
    instance_uuid       uuid        not null,
    instance_name       text        not null,
    source_host         text        not null,
    dest_host           text,
    start_time          timestamptz,
    end_time            timestamptz,
    status              text        not null check (status in ('pending', 'ongoing', 'ignored', 'failed', 'succeeded')),
    message             text,
    -- vm_state when the host died
    state_before        text        not null,
    -- higher goes first
    priority            integer     not null default 0,
    -- the child process that waits for a slot; null = none waits
    waiting_process     text,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz,
    unique (run_id, instance_uuid)
);
create index vmove_notification on ukemi.vmove (notification_uuid);
create index vmove_waiting on ukemi.vmove (priority desc, id) where waiting_process is not null;

-- One try to evacuate one guest (rule R6).
create table ukemi.evacuation_attempt (
    id                 bigint generated always as identity primary key,
    run_id             uuid        not null references ukemi.recovery_run (id),
    vmove_uuid         uuid        not null references ukemi.vmove (uuid),
    instance_uuid      uuid        not null,
    number             integer     not null,
    source_host        text        not null,
    process_instance   text        not null,
    granted_at         timestamptz not null default now(),
    -- highest evacuation migration of the guest before our call; ours is a greater one
    baseline_migration bigint,
    asked_at           timestamptz,
    answered_at        timestamptz,
    closed_at          timestamptz,
    -- NOT_ASKED: not our try's fault, does not count; IMPOSSIBLE: Nova cannot, do not try again
    outcome            text check (outcome in ('RECOVERED', 'FAILED', 'GONE', 'NOT_ASKED', 'IMPOSSIBLE')),
    dest_host          text,
    reason             text,
    -- the child process has been told
    told_at            timestamptz
);
create unique index one_open_attempt_per_guest on ukemi.evacuation_attempt (instance_uuid) where closed_at is null;
create index evacuation_attempt_vmove on ukemi.evacuation_attempt (vmove_uuid);
create index evacuation_attempt_untold on ukemi.evacuation_attempt (process_instance) where told_at is null;

-- What an open recovery waits for and does not get, and the task that tells a person so.
create table ukemi.attention (
    id                bigint generated always as identity primary key,
    notification_uuid uuid        not null references ukemi.notification (uuid),
    -- the step that fails, or who cannot be asked
    subject           text        not null,
    problem           text        not null,
    first_seen_at     timestamptz not null default clock_timestamp(),
    -- null until it has lasted
    task_id           text,
    settled_at        timestamptz
);
create unique index one_open_attention on ukemi.attention (notification_uuid, subject) where settled_at is null;
