-- Expand: only new columns, tables and indexes, so that a node of the version before goes on working
-- beside a node of this one.

-- The state's name, read out of the stored state by the database.
alter table attempts add column state_kind text as (state ->> 'kind') virtual;
alter table checkouts add column state_kind text as (state ->> 'kind') virtual;

-- When the reconciler looks next; null: nothing is left to find out.
alter table attempts add column look_at integer;
alter table checkouts add column look_at integer;
alter table checkouts add column quantity integer not null default 1;
create index attempts_to_look_at on attempts (look_at) where look_at is not null;
create index checkouts_to_look_at on checkouts (look_at) where look_at is not null;
create index attempts_by_state on attempts (state_kind, claimed_at);
create index attempts_by_key on attempts (customer_id, idempotency_key);

-- What an older node left open is looked at, too.
update attempts set look_at = claimed_at where state_kind not in ('failed', 'succeeded');
update checkouts set look_at = opened_at where url is not null and state_kind <> 'succeeded';

-- Every distinct fact about an attempt, with the time it was first learnt.
create table attempt_facts (
    seq         integer primary key,
    attempt_id  text not null references attempts (attempt_id),
    source      text not null,
    fact        text not null,    -- JSON, see attempt/state.rs
    seen_at     integer not null,
    state_kind  text not null,    -- after it
    reason      text,             -- the operator's words
    unique (attempt_id, source, fact)
) strict;

-- The one refund of a step that was paid twice.
create table refunds (
    refund_id    text primary key,
    purchase_id  text not null,
    offer_id     text not null,
    step         integer not null,
    payment_id   text not null,   -- the later payment, which is given back
    state        text not null,   -- JSON, as for attempts
    claimed_at   integer not null,
    look_at      integer,
    version      integer not null,
    unique (purchase_id, offer_id, step)
) strict;
create index refunds_to_look_at on refunds (look_at) where look_at is not null;
