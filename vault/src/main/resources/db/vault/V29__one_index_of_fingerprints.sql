-- What is found by fingerprint, the index before finds.
-- contract: no version names an index, and each looks a card up by all three columns or by its id
drop index concurrently if exists card_fingerprint;
