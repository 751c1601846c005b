-- What each later cycle of an accepted plan costs, minor units of `currency`: compared again before the charge is
-- sent at the end of an undo window. Null for what is paid once and in rows of older nodes.
alter table attempts add column renewal_amount integer;
