-- What a row is found by, as hashes. The columns say nothing that changes while a payment goes on:
-- its updates stay within their page and touch no index. A row with nothing to be found by costs
-- nothing. The pending lists are short, so that emptying one keeps no commit waiting.
ALTER TABLE payment_intents ADD COLUMN terms bigint[];
ALTER TABLE charges ADD COLUMN terms bigint[];
ALTER TABLE customers ADD COLUMN terms bigint[];
CREATE INDEX payment_intents_by_terms ON payment_intents USING gin (terms)
  WITH (fastupdate = on, gin_pending_list_limit = 256) WHERE terms IS NOT NULL;
CREATE INDEX charges_by_terms ON charges USING gin (terms)
  WITH (fastupdate = on, gin_pending_list_limit = 256) WHERE terms IS NOT NULL;
CREATE INDEX customers_by_terms ON customers USING gin (terms)
  WITH (fastupdate = on, gin_pending_list_limit = 256) WHERE terms IS NOT NULL;
