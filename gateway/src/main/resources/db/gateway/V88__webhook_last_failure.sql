-- Five days of failures disable an endpoint. One that failed once, was told nothing for a week and
-- fails again has not failed for a week.
ALTER TABLE webhook_endpoint_health ADD COLUMN failed_last timestamptz;
