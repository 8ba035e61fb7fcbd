-- A change that is sent together with its COMMIT fails as a whole when one of its rows does not take
-- (it is there already, or was changed meanwhile): its statements call this. It names no row.
CREATE FUNCTION journal_lost() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of a change was written by somebody else meanwhile'
    USING ERRCODE = 'PC001';
END
$$;
