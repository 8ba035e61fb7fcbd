-- Which events somebody who wanted them has not been told of (delivery_success=false), newest first.
-- A delivery is in it until it has succeeded, so that it stays as small as what is left to do.
CREATE INDEX webhook_deliveries_untold ON webhook_deliveries (account, event)
  WHERE state <> 'delivered';
