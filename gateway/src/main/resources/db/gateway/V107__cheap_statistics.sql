-- lock: storage settings keep neither readers nor writers from a table, only another vacuum.
--
-- What no query compares needs no statistics. To take them of documents, which are large and all
-- different, was most of what the analysis of a table cost, while payments waited for the same
-- processors and the same disk.
ALTER TABLE charges ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE customers ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE events ALTER COLUMN doc SET STATISTICS 0, ALTER COLUMN previous SET STATISTICS 0;
ALTER TABLE payment_intents ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE payment_methods ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE provider_operations ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE refunds ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE route_decisions ALTER COLUMN doc SET STATISTICS 0;
ALTER TABLE request_logs ALTER COLUMN parameters SET STATISTICS 0;
ALTER TABLE balance_transactions ALTER COLUMN doc SET STATISTICS 0;
-- A large answer stands beside its table since answers grew: its row needs room for little more
-- than it had at first, and a table of fewer pages is sooner cleaned and sooner written.
ALTER TABLE idempotency_keys ALTER COLUMN body SET STATISTICS 0, SET (fillfactor = 50);

-- What every payment writes grows by a tenth every minute while it is young: to vacuum and analyze
-- it for that over and over takes from payments what no query gains by. Where rows are deleted,
-- those that died are cleaned as soon as before; the first versions of payments and operations,
-- whose pages have room for second ones, can wait as long.
ALTER TABLE balance_transactions SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE charges SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE events SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE idempotency_keys SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE journal_batches SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE ledger_lines SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE request_logs SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE route_decisions SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE route_outcomes SET
  (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE payment_intents SET
  (autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5,
   autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE provider_operations SET
  (autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5,
   autovacuum_analyze_scale_factor = 0.5);
