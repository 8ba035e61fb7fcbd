-- By which secrets are found that sign no more, to be deleted.
CREATE INDEX webhook_endpoints_previous
  ON webhook_endpoints (((doc ->> 'previous_until')::bigint))
  WHERE doc ->> 'previous_until' IS NOT NULL;
