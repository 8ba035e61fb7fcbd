-- Sealing keys that seal no more: no gateway that has one of them first gets a connection.
CREATE TABLE ended_sealing_keys (
  id    integer PRIMARY KEY,
  ended timestamptz NOT NULL DEFAULT now()
);
