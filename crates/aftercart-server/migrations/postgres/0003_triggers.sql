-- Expand: only new columns, tables and indexes.

-- What the merchant's app told of, and what may lead to an offer as a purchase does.
create table triggers (
    trigger_id   text primary key,
    customer_id  text not null,
    kind         text not null,        -- milestone, plan_limit, onboarding_done
    name         text,                 -- of a milestone
    percent      bigint,              -- of a plan's limit
    merchant_id  text unique,          -- the merchant's own id: the same one is the same trigger
    billing      text not null,        -- JSON: where the customer was billed then; null when nobody knew
    told_at      bigint not null
);
create index triggers_by_customer on triggers (customer_id, told_at);

-- Whom an offer was shown to, as far as the page's subject tells.
alter table reported_events add column customer_id text;
create index reported_events_by_customer on reported_events (customer_id, offer_id, name);
