-- Dodo's id of the saved method that an attempt charges: sent when the undo window ends, and never charged a
-- second time at the same place. Null for plan changes and in rows of older nodes.
alter table attempts add column method_id text;
