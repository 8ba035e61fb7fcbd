-- What waits for a person: few, among all that ever was.
CREATE INDEX provider_operations_parked ON provider_operations (account, id)
  WHERE state = 'parked';
