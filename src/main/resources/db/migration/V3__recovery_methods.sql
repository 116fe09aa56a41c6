-- Recovery methods: passes over the guests of a host, targets, reserves; and the states of guests.

-- The nth pass over the guests that are left: auto, then a reserve, ...
alter table ukemi.vmove add column pass integer not null default 1;
-- What vm_state the guest ends in, from the state it died in.
alter table ukemi.vmove add column state_wanted text;
update ukemi.vmove set state_wanted = state_before;
alter table ukemi.vmove alter column state_wanted set not null;
-- We have locked it so that nobody interferes; a lock of its owner's is not ours.
alter table ukemi.vmove add column locked boolean not null default false;
create index vmove_locked on ukemi.vmove (run_id) where locked;

alter table ukemi.evacuation_attempt add column pass integer not null default 1;
-- Where we asked Nova to put it; null = Nova chooses.
alter table ukemi.evacuation_attempt add column target text;
-- Nova's record of an attempt whose target died: under way for ever.
alter table ukemi.evacuation_attempt add column dead_migration bigint;
create index evacuation_attempt_instance on ukemi.evacuation_attempt (instance_uuid);
create index proof_of_off_host on ukemi.proof_of_off (host_name) where voided_at is null;
create index evacuation_attempt_open on ukemi.evacuation_attempt (target) where closed_at is null;

alter table ukemi.evacuation_attempt drop constraint evacuation_attempt_outcome_check;
-- TARGET_DIED: the host it was on its way to is proven off (rule R8); does not count as a try
alter table ukemi.evacuation_attempt add check
    (outcome in ('RECOVERED', 'FAILED', 'GONE', 'NOT_ASKED', 'IMPOSSIBLE', 'TARGET_DIED'));

-- A reserve that a recovery holds (rule R10), or has held.
create table ukemi.reserve_claim (
    id          bigint generated always as identity primary key,
    run_id      uuid        not null references ukemi.recovery_run (id),
    host_uuid   uuid        not null references ukemi.host (uuid),
    host_name   text        not null,
    claimed_at  timestamptz not null default clock_timestamp(),
    -- our own order to enable its service was about to leave; null = it was enabled already, or not yet
    enabling_at timestamptz,
    -- a pass over the guests has been made with it
    tried_at    timestamptz,
    -- the run needs it no more; what is to be done about it is done as soon as Nova answers
    let_go_at   timestamptz,
    settled_at  timestamptz,
    outcome     text check (outcome in ('USED', 'GIVEN_BACK', 'UNUSABLE')),
    reason      text
);
create unique index one_claim_per_reserve on ukemi.reserve_claim (host_uuid) where settled_at is null;
create index reserve_claim_run on ukemi.reserve_claim (run_id);

-- An aggregate that we have put a reserve into.
create table ukemi.reserve_aggregate (
    claim_id     bigint not null references ukemi.reserve_claim (id),
    aggregate_id bigint not null,
    primary key (claim_id, aggregate_id)
);
