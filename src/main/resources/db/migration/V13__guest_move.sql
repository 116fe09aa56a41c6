-- A guest that does not come back on its host is moved to another one: the last try, and the lock of it.
alter table ukemi.guest_run
    -- 1 for the first try of the run; null = there was none
    add column move_number       int,
    -- where it was then; null = nothing is to come of that try: Nova has refused it, or shows it as failed
    add column move_from         text,
    -- the highest id of its cold migrations before; ours is a greater one
    add column move_after        bigint,
    -- Nova's id of it, once Nova has shown it; null = it has not
    add column move_migration    bigint,
    -- when Nova was about to be asked for the move, and to confirm it; the former is kept with a try
    -- that was refused
    add column move_asked_at     timestamptz,
    add column move_confirmed_at timestamptz,
    -- where a move has brought it, when that was seen; null = none has
    add column moved_to          text,
    -- since when Nova, asked for the move, shows nothing of it; null = that was not seen
    add column move_missing_at   timestamptz,
    -- since when it counts among the moves at once, until Nova is at work on it no more; null = it does not
    add column move_granted_at   timestamptz,
    -- whether it is on its way, and stays locked
    add column moving            boolean not null default false,
    -- we were about to lock it, and have not seen since that it is unlocked
    add column locked            boolean not null default false;
create index guest_run_locked on ukemi.guest_run (id) where locked;
create index guest_run_move_granted on ukemi.guest_run (id) where move_granted_at is not null;
