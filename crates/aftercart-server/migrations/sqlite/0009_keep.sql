-- Expand: only new tables and indexes.

-- What a customer bought in purchases that are not kept any more.
create table owned_products (
    customer_id  text not null,
    product_id   text not null,
    primary key (customer_id, product_id)
) strict, without rowid;

-- What is old is found without a look at what is not.
create index webhook_events_by_age on webhook_events (received_at);
create index reported_events_by_age on reported_events (received_at);
create index purchases_by_age on purchases (noted_at);
create index attempt_facts_by_age on attempt_facts (seen_at);
