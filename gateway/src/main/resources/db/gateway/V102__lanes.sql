-- What is due is worked on in lanes, one for each provider account, and of one lane no more than its
-- share at once. A lane's rows are a stretch of the index of their own, so that whoever looks for
-- something to do steps over a lane that has its share, however much waits in it. What is due no
-- more is in no lane.
ALTER TABLE provider_operations ADD COLUMN lane text COLLATE "C" GENERATED ALWAYS AS (
  CASE WHEN due IS NOT NULL THEN
    account || ' ' || livemode::text || ' ' || coalesce(doc->>'provider', doc->>'connector')
  END) STORED;
CREATE INDEX provider_operations_lanes ON provider_operations (lane, due) WHERE due IS NOT NULL;

ALTER TABLE provider_notifications ADD COLUMN lane text COLLATE "C" GENERATED ALWAYS AS (
  CASE WHEN due IS NOT NULL THEN account || ' ' || livemode::text || ' ' || provider END) STORED;
CREATE INDEX provider_notifications_lanes ON provider_notifications (lane, due)
  WHERE due IS NOT NULL;

-- Retries have a lane for each account.
CREATE INDEX payment_retries_lanes ON payment_retries (account, due) WHERE due IS NOT NULL;

-- Which events somebody has not been told of (delivery_success=false) is found type by type, each in
-- the order of the events: one of a rare type costs no way through those of all the others.
CREATE INDEX webhook_deliveries_untold_of_type
  ON webhook_deliveries (account, livemode, type, event) WHERE state <> 'delivered';
DROP INDEX webhook_deliveries_untold;
