-- When a key was last used at the cards origin, as the vault says; last_used_* count that too.
ALTER TABLE api_keys ADD COLUMN cards_used_at timestamptz;
