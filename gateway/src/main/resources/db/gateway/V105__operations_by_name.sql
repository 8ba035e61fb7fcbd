-- By the provider's name for it: an index on the document serves no condition under a policy, so it
-- is read through a view with the policy's condition in itself, as searches are (V58).
CREATE VIEW search.provider_operations AS SELECT * FROM provider_operations
  WHERE account = (SELECT nullif(current_setting('portcullis.account', true), ''));
GRANT SELECT ON search.provider_operations TO PUBLIC;
