-- What the shopper agreed to by the click. Time, locale, amount and currency are in the row already.
alter table attempts add column text_version text;      -- names the words shown; null for older nodes and pages
alter table attempts add column agreed_country text;    -- of the billing address
alter table attempts add column consent integer not null default 0;  -- 1: the box was ticked
