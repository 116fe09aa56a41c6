-- A guest that does not come back on its host is moved to another one: the last try, and the lock of it.
alter table ukemi.guest_run
    -- 1 for the first try of the run; null = there was none
    add column move_number       int,
    -- where it was then; null = Nova has refused that try, nothing of it is ours
    add column move_from         text,
    -- the highest id of its cold migrations before; ours is a greater one
    add column move_after        bigint,
    -- when Nova was about to be asked for the move, and to confirm it
    add column move_asked_at     timestamptz,
    add column move_confirmed_at timestamptz,
    -- where a move has brought it, when that was seen; null = none has
    add column moved_to          text,
    -- whether it is on its way, and stays locked
    add column moving            boolean not null default false,
    -- locked by us; an owner's own lock is none of ours
    add column locked            boolean not null default false;
create index guest_run_locked on ukemi.guest_run (id) where locked;
