-- Nothing selects by what an event's document holds: as text it is stored as it came, without being
-- taken apart on the way in and put together on the way out.
ALTER TABLE events ALTER COLUMN doc TYPE text USING doc::text;

-- A row that is written twice finds room for its second version on its own page: neither another
-- page nor an index is touched. A key's row grows by the whole answer.
ALTER TABLE idempotency_keys SET (fillfactor = 20);
ALTER TABLE payment_intents SET (fillfactor = 60);
ALTER TABLE provider_operations SET (fillfactor = 75);
