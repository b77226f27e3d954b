-- What waits for whom in the queue, and since when it is owed.

-- Jobs stand in lanes, each with slots of its own: a code does not wait behind a list, nor behind a program that does not answer.
-- due_at is when a job was first due; a try that failed moves run_at and leaves it where it is.
ALTER TABLE job ADD COLUMN lane TEXT NOT NULL DEFAULT 'work';
ALTER TABLE job ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
UPDATE job SET
    due_at = CASE WHEN attempts > 0 AND last_error IS NOT NULL THEN created_at ELSE run_at END,
    lane = CASE kind WHEN 'send_mail' THEN 'mail' WHEN 'notify' THEN 'call' WHEN 'notify_lifecycle' THEN 'call' ELSE 'work' END;
UPDATE job SET lane = CASE WHEN m.kind = 'passcode' THEN 'code' ELSE 'list_mail' END FROM mail m
WHERE job.kind = 'send_mail' AND m.tenant_id = job.tenant_id AND m.id = job.subject AND (m.kind = 'passcode' OR m.yields);

-- Each lane comes in its order without sorting all that wait; the last column lets what is owed be read from the index alone.
CREATE INDEX job_by_lane ON job (state, lane, run_at, id, due_at);
DROP INDEX job_in_order;
-- What was tried and is still owed.
CREATE INDEX job_failing ON job (tenant_id, due_at) WHERE last_error IS NOT NULL AND state <> 'failed';

-- When a mail came too late to be sent; one that was taken back has none.
ALTER TABLE mail ADD COLUMN expired_at BIGINT;
CREATE INDEX mail_expired ON mail (tenant_id, expired_at) WHERE expired_at IS NOT NULL;

-- The place of a mail that waits for a limit of the hour: when its turn comes, for which limit, and whose that is, the person of a
-- share or the nil id. Whoever comes next stands behind the last who waits.
ALTER TABLE mail ADD COLUMN place_at BIGINT;
ALTER TABLE mail ADD COLUMN place_for TEXT;
ALTER TABLE mail ADD COLUMN place_of UUID;
CREATE INDEX mail_placed ON mail (tenant_id, place_for, place_of, place_at) WHERE place_at IS NOT NULL AND state = 'queued';

-- Which list of people an organisation invites just now, and until when nobody else begins with another.
CREATE TABLE bulk_invitation_turn (
    tenant_id UUID NOT NULL,
    bulk_id UUID NOT NULL,
    held_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
