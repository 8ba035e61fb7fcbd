-- What receivers answered is sealed from now on, and that of those that refused alone is kept. What
-- was kept of earlier ones stands in the clear and may repeat personal data.
UPDATE webhook_attempts SET answer = NULL WHERE answer IS NOT NULL;
COMMENT ON COLUMN webhook_attempts.answer IS
  'how the answer begins where the status is none of 2xx, 1 KiB at most, without keys and card numbers; sealed';
