-- A charge counts what banks have taken of it: there may be several disputes, and what one of them
-- returns leaves the others' standing. What the last booking of a dispute took is what it holds.
UPDATE charges c
   SET doc = c.doc || jsonb_build_object('withdrawn', taken.amount)
  FROM (SELECT account, charge, -sum((doc->'bookings'->-1->>'amount')::bigint) AS amount
          FROM disputes
         WHERE doc->'bookings'->-1->>'kind' = 'dispute'
         GROUP BY account, charge) AS taken
 WHERE c.account = taken.account AND c.id = taken.charge;

-- A response of which nothing can be learned any more keeps the merchant from no other one.
UPDATE disputes d
   SET doc = d.doc - 'operation'
  FROM provider_operations o
 WHERE o.account = d.account AND o.id = d.doc->>'operation' AND o.state = 'parked';
