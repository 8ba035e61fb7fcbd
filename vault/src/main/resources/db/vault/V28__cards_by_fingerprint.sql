-- By its own name first: an index that begins with the account serves a look-up by account and id
-- too, and while few cards were stored that is what was planned, all cards of the account for one.
drop index concurrently if exists card_by_fingerprint;
create index concurrently card_by_fingerprint on card (fingerprint, account, livemode);
