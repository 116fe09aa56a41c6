-- A database restored from an older back-up is noticed by its nodes, which keep outside of it when
-- they last wrote here; what it believes to be open is then held for a person.

-- Which database this is: a back-up of it has the same, but one that is older than this table.
create table ukemi.identity (
    id         uuid        not null,
    created_at timestamptz not null default clock_timestamp()
);
insert into ukemi.identity (id) values (gen_random_uuid());

-- When each node last wrote here, by the database's clock.
create table ukemi.beat (
    node uuid        primary key,
    at   timestamptz not null
);

create table ukemi.hold (
    id            bigint generated always as identity primary key,
    held_at       timestamptz not null default clock_timestamp(),
    -- what a node remembered of its last beat, and what it found; null = no beat of it
    remembered_at timestamptz not null,
    found_at      timestamptz,
    -- null = a person is asked
    decided_at    timestamptz,
    decision      text check (decision in ('goOn', 'close')),
    person        text,
    check ((decided_at is null) = (decision is null) and (decided_at is null) = (person is null))
);
create unique index one_open_hold on ukemi.hold ((decided_at is null)) where decided_at is null;

-- The processes that were suspended for it.
create table ukemi.held_process (
    hold_id             bigint not null references ukemi.hold (id),
    process_instance_id text   not null,
    primary key (hold_id, process_instance_id)
);

-- Of a run that is held nothing is done, closed or not, but what Nova and MAAS show is read.
alter table ukemi.recovery_run add column held boolean not null default false;
create index recovery_run_held on ukemi.recovery_run (id) where held;
