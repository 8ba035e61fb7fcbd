-- Since when somebody may do nothing because they did not sign in for 90 days (PCI DSS 8.2.6): their
-- password and authenticator are gone, as after a reset, and whoever administers lets them in again.
ALTER TABLE person ADD COLUMN disabled timestamptz;
