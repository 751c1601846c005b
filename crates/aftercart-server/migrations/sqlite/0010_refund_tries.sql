-- When a refund was sent last: one that Dodo did not take is sent again.

alter table refunds add column sent_at integer;
