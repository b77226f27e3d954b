-- What the queue of mails costs must not grow with what was sent and what waits.

-- Which of an organisation's invitation mails one is, counted from the first that was ever let through: the two-thousandth before
-- it is found by its number, where it was stepped to over all of them. yielding_turn counts those that leave room for others.
ALTER TABLE mail ADD COLUMN turn BIGINT;
ALTER TABLE mail ADD COLUMN yielding_turn BIGINT;
ALTER TABLE mail_turn ADD COLUMN yielding BIGINT NOT NULL DEFAULT 0;

UPDATE mail SET turn = numbered.turn FROM (
    SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY admitted_at, id) AS turn
    FROM mail WHERE kind = 'invitation' AND admitted_at IS NOT NULL) AS numbered
WHERE mail.tenant_id = numbered.tenant_id AND mail.id = numbered.id;
UPDATE mail SET yielding_turn = numbered.turn FROM (
    SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY admitted_at, id) AS turn
    FROM mail WHERE kind = 'invitation' AND admitted_at IS NOT NULL AND yields) AS numbered
WHERE mail.tenant_id = numbered.tenant_id AND mail.id = numbered.id;
DELETE FROM mail_turn;
INSERT INTO mail_turn (tenant_id, taken, yielding)
SELECT tenant_id, MAX(turn), COALESCE(MAX(yielding_turn), 0) FROM mail WHERE turn IS NOT NULL GROUP BY tenant_id;

CREATE INDEX mail_by_turn ON mail (tenant_id, turn) WHERE turn IS NOT NULL;
CREATE INDEX mail_by_yielding_turn ON mail (tenant_id, yielding_turn) WHERE yielding_turn IS NOT NULL;
DROP INDEX mail_by_admission;
DROP INDEX mail_yielding;

-- Due jobs come in the order they are worked off, without sorting all that wait.
CREATE INDEX job_in_order ON job (state, run_at, id);
DROP INDEX job_due;
