alter table ukemi.vmove
    -- lower goes first; the next wave begins when all of this one are back or listed
    add column wave      int  not null default 0,
    -- RECOVER, LEAVE or ASK
    add column selection text not null default 'RECOVER',
    -- what the table says about it, for a person
    add column note      text;
