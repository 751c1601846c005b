-- Every verified webhook as it came. `applied_at` stays null until its effect is stored too.
create table webhook_events (
    webhook_id   text primary key,
    event_type   text not null,
    body         text not null,
    received_at  bigint not null, -- unix milliseconds, as all times here
    applied_at   bigint
);

-- Payments that Dodo told us about and that are not our own offers.
create table purchases (
    payment_id    text primary key,
    customer_id   text not null,
    status        text not null,    -- Dodo's word
    paid_at       bigint,          -- null until it succeeded
    products      text not null,    -- JSON list of product ids
    billing       text not null,    -- JSON, as Dodo sent it: the preview and the charge need it
    refused       text,             -- why this purchase leads to no offer, such as `renewal`
    noted_at      bigint not null
);
create index purchases_by_customer on purchases (customer_id, paid_at);

create table purchased_products (
    payment_id   text not null references purchases (payment_id),
    customer_id  text not null,
    product_id   text not null,
    primary key (payment_id, product_id)
);
create index purchased_products_by_customer on purchased_products (customer_id, product_id);

-- The claim: one row per (purchase, offer, step), before any call to Dodo.
create table attempts (
    attempt_id       text primary key,
    purchase_id      text not null,
    offer_id         text not null,
    step             bigint not null,
    customer_id      text not null,
    product_id       text not null,
    product_name     text not null,
    quantity         bigint not null,
    amount           bigint not null, -- the quoted total, minor units
    currency         text not null,
    locale           text not null,
    idempotency_key  text not null,
    card_brand       text,
    card_last4       text,
    state            text not null,    -- JSON, see attempt/state.rs
    charged_amount   bigint,          -- what Dodo says was charged
    charged_currency text,
    payment_id       text,
    session_id       text,
    claimed_at       bigint not null,
    read_at          bigint not null, -- when Dodo was last asked about it
    version          bigint not null, -- compare and swap
    unique (purchase_id, offer_id, step)
);
create index attempts_by_payment on attempts (payment_id);
create index attempts_by_customer on attempts (customer_id, product_id);

-- Standard checkouts made instead of a one-click charge: after a failure, or because no saved method can pay.
create table checkouts (
    checkout_id      text primary key,
    purchase_id      text not null,
    offer_id         text not null,
    step             bigint not null,
    customer_id      text not null,
    product_id       text not null,
    product_name     text not null,
    locale           text not null,
    session_id       text,
    url              text,
    state            text not null,    -- JSON, see attempt/state.rs
    charged_amount   bigint,
    charged_currency text,
    payment_id       text,
    card_brand       text,
    card_last4       text,
    opened_at        bigint not null,
    read_at          bigint not null,
    version          bigint not null,
    unique (purchase_id, offer_id, step)
);
create index checkouts_by_payment on checkouts (payment_id);
create index checkouts_by_customer on checkouts (customer_id, product_id);

create table declines (
    customer_id  text not null,
    offer_id     text not null,
    purchase_id  text not null,
    reason       text,
    declined_at  bigint not null,
    primary key (customer_id, offer_id)
);

create table reported_events (
    id           bigint generated always as identity primary key,
    subject      text not null,
    offer_id     text not null,
    name         text not null,
    happened_at  text not null,    -- the shopper's clock
    received_at  bigint not null
);
