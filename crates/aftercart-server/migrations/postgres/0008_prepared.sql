-- Expand: a node of the version before goes on working beside a node of this one, and what it writes is seen:
-- the tables themselves raise the revision.

-- An offer made ready in the background. Nothing here is a promise: any row may be missing.
create table prepared_offers (
    occasion_id  text primary key,
    customer_id  text not null,
    revision     bigint not null, -- of the customer, read before anything that the offer was made from
    made_by      text not null,    -- a digest of the rules and settings that it was made by
    is_newest    bigint not null, -- 1: it is what the customer's own subject is shown
    fresh_until  bigint not null, -- until then the occasion's own id opens it
    shown_until  bigint not null, -- until then its price is fresh enough to be shown
    look_at      bigint,          -- when it is made anew, or taken away
    offer        text not null     -- JSON, see upsell/prepared
);
create index prepared_offers_by_customer on prepared_offers (customer_id);
create index prepared_offers_to_look_at on prepared_offers (look_at) where look_at is not null;

-- 1: the offer is shown so many times at most, or nobody knew: a report of one more time is a change.
alter table reported_events add column counts bigint not null default 1;

-- Raised by every change of what a customer's offers depend on, in the transaction of that change.
create table customer_revisions (
    customer_id  text primary key,
    revision     bigint not null
);

create function raise_customer_revision() returns trigger language plpgsql as $$
begin
    insert into customer_revisions as known (customer_id, revision)
    values (case when tg_op = 'DELETE' then old.customer_id else new.customer_id end, 1)
    on conflict (customer_id) do update set revision = known.revision + 1;
    return null;
end $$;

create trigger purchases_insert_raises after insert on purchases for each row
    execute function raise_customer_revision();
create trigger purchases_update_raises after update on purchases for each row
    execute function raise_customer_revision();
create trigger purchased_products_insert_raises after insert on purchased_products for each row
    execute function raise_customer_revision();
create trigger attempts_insert_raises after insert on attempts for each row
    execute function raise_customer_revision();
create trigger attempts_update_raises after update of state on attempts for each row
    execute function raise_customer_revision();
create trigger checkouts_insert_raises after insert on checkouts for each row
    execute function raise_customer_revision();
create trigger checkouts_update_raises after update of state, url on checkouts for each row
    execute function raise_customer_revision();
create trigger checkouts_delete_raises after delete on checkouts for each row
    execute function raise_customer_revision();
create trigger triggers_insert_raises after insert on triggers for each row
    execute function raise_customer_revision();
create trigger declines_insert_raises after insert on declines for each row
    execute function raise_customer_revision();
create trigger declines_update_raises after update on declines for each row
    execute function raise_customer_revision();
create trigger reported_events_insert_raises after insert on reported_events for each row
    when (new.customer_id is not null and new.name = 'shown' and new.counts = 1)
    execute function raise_customer_revision();
