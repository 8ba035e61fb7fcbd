-- Lists of values that rules read by the list's alias. An alias is free again when its list is
-- deleted; the items of a deleted list are deleted with it.
CREATE TABLE radar_value_lists (
  account  text COLLATE "C" NOT NULL,
  livemode boolean NOT NULL,
  id       text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  created  timestamptz NOT NULL,
  alias    text COLLATE "C",
  deleted  boolean NOT NULL,
  doc      jsonb NOT NULL,
  PRIMARY KEY (account, id),
  CHECK (deleted = (alias IS NULL))
);
CREATE UNIQUE INDEX radar_value_lists_by_alias ON radar_value_lists (account, livemode, alias);

CREATE TABLE radar_value_list_items (
  account    text COLLATE "C" NOT NULL,
  livemode   boolean NOT NULL,
  id         text COLLATE "C" NOT NULL,
  version    integer NOT NULL,
  created    timestamptz NOT NULL,
  value_list text COLLATE "C" NOT NULL,
  value      text COLLATE "C",
  network    cidr,
  deleted    boolean NOT NULL,
  doc        jsonb NOT NULL,
  PRIMARY KEY (account, id),
  CHECK (deleted = (value IS NULL))
);
CREATE UNIQUE INDEX radar_value_list_items_by_value
  ON radar_value_list_items (account, livemode, value_list, value);
CREATE INDEX radar_value_list_items_of_list
  ON radar_value_list_items (account, value_list, id) WHERE NOT deleted;
