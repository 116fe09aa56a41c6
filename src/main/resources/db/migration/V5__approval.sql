-- A question of the recovery policy to a person, what the person saw, and the answer.
create table ukemi.decision (
    id         bigint generated always as identity primary key,
    run_id     uuid        not null references ukemi.recovery_run (id),
    task_id    text        not null unique,
    question   text        not null,
    shown      text        not null,
    asked_at   timestamptz not null default clock_timestamp(),
    -- null: not answered, or the question went away by itself
    choice     text check (choice in ('approve', 'deny', 'hold')),
    person     text,
    comment    text,
    decided_at timestamptz,
    hold_until timestamptz,
    check ((choice is null) = (person is null) and (choice is null) = (decided_at is null)),
    check (choice is distinct from 'deny' or comment is not null),
    check ((choice is not distinct from 'hold') = (hold_until is not null))
);
create index decision_run on ukemi.decision (run_id);

-- What a run has changed on its host, so that just that can be put back.
create table ukemi.host_change (
    run_id       uuid        not null references ukemi.recovery_run (id),
    what         text        not null check (what in ('MAINTENANCE', 'RESERVE', 'FORCED_DOWN', 'DISABLED')),
    made_at      timestamptz not null default clock_timestamp(),
    put_back_at  timestamptz,
    -- why it could not be put back
    left_because text,
    primary key (run_id, what)
);
