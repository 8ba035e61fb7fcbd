-- What is purged by age is found by age: tokens that are over, used or not, and what was sent beside
-- a card that the gateway never fetched. Both indexes hold only rows that still have to go.
create index card_token_age on card (created) where id >= 'tok_' and id < 'tok`';
create index card_details_age on card (created) where details is not null;
