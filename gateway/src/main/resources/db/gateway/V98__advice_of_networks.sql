-- What a network said of the card with a refusal holds for the card's other payments too.
ALTER TABLE route_outcomes ADD COLUMN advised_against boolean;
ALTER TABLE route_outcomes ADD COLUMN network_code text;
