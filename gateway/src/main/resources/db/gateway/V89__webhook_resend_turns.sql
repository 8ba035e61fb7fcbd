-- What is told again waits behind what is told for the first time: those in the endpoint's stretch of
-- what waits that were put there by a resend. Few at a time, and so is their index.
ALTER TABLE webhook_deliveries ADD COLUMN again boolean NOT NULL DEFAULT false;
CREATE INDEX webhook_deliveries_again ON webhook_deliveries (endpoint, due)
  WHERE state = 'waiting' AND again;

-- Each resend has its turn, the one that was gone on with longest ago first.
ALTER TABLE webhook_resends ADD COLUMN stepped timestamptz NOT NULL DEFAULT '-infinity';
DROP INDEX webhook_resends_open;
CREATE INDEX webhook_resends_open ON webhook_resends (stepped) WHERE ended IS NULL;
CREATE INDEX webhook_resends_ended ON webhook_resends (ended);

-- One at a time for an endpoint. Of several that are open the first goes on.
UPDATE webhook_resends r SET ended = now() WHERE ended IS NULL AND EXISTS (
  SELECT FROM webhook_resends o WHERE o.account = r.account AND o.endpoint = r.endpoint
  AND o.ended IS NULL AND o.id < r.id);
CREATE UNIQUE INDEX webhook_resends_one ON webhook_resends (account, endpoint) WHERE ended IS NULL;
