-- Digits that stand for a card in systems that take nothing but a card number's form; made on demand,
-- one for a card. They are random, so nothing here can be opened, and they go with their card.
create table card_alias (
  account  text collate "C" not null,
  livemode boolean          not null,
  alias    text collate "C" not null check (alias ~ '^[1-9][0-9]{11,18}$'),
  card     text collate "C" not null,
  created  timestamptz      not null,
  primary key (account, livemode, alias),
  unique (account, card),
  foreign key (account, card) references card (account, id) on delete cascade
);
