-- Of several gateways one begins the run that nobody asked for; the others go on with it.
CREATE UNIQUE INDEX reconciliation_runs_by_itself
  ON reconciliation_runs (account, livemode, provider, day) WHERE created_by = 'system';

-- What is found by its age once it has served its time. Rows come in the order of time.
CREATE INDEX route_decisions_by_age ON route_decisions USING brin (created);
CREATE INDEX route_outcomes_by_age ON route_outcomes USING brin (created);
CREATE INDEX reconciliation_lines_by_age ON reconciliation_lines USING brin (day);
