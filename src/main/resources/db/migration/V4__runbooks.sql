-- The runbooks that were deployed, one row for each time; the newest is in force. A run keeps the
-- drawings it was started with.
create table ukemi.runbook_deployment (
    id            bigint generated always as identity primary key,
    deployment_id text        not null,
    -- of all names and contents
    hash          text        not null,
    -- file name: where it came from
    files         jsonb       not null,
    node          text        not null,
    -- who gave the command to reload; null = the node's start
    ordered_by    text,
    deployed_at   timestamptz not null default clock_timestamp()
);

-- What each node found in its folders when it last looked.
create table ukemi.runbook_node (
    node       text primary key,
    -- of the last set that was good
    hash       text,
    looked_at  timestamptz not null,
    -- null = the set was good
    refused_at timestamptz,
    problems   jsonb       not null default '[]'
);
