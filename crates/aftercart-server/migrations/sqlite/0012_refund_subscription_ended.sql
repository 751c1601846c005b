-- When the subscription that a payment given back began was seen to be over.

alter table refunds add column subscription_ended_at integer;
