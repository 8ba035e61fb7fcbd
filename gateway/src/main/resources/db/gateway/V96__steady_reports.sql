-- In how many different hours a violation was reported: what many shoppers' browsers say over a day is
-- seen by that, and what somebody invents once is not.
ALTER TABLE page_reports ADD COLUMN hours integer NOT NULL DEFAULT 1;
