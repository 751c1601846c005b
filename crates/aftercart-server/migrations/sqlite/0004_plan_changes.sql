-- Expand: a node of the version before goes on working beside a node of this one.

-- The terms of a plan change, JSON, see attempt/change.rs; null for a purchase.
alter table attempts add column plan_change text;
create index attempts_that_change_plans on attempts (customer_id) where plan_change is not null;
