-- The subscription that a payment given back began: somebody has to cancel it.

alter table refunds add column subscription_id text;
