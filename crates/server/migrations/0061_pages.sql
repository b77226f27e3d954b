-- What pages of the admin centre looked for among everything that an organisation has.

-- How many rows of a list of people have each result. Whoever changes rows keeps them, in the same transaction.
ALTER TABLE bulk_invitation ADD COLUMN unchecked_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_invitation ADD COLUMN ready_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_invitation ADD COLUMN invited_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_invitation ADD COLUMN already_invited_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_invitation ADD COLUMN repeated_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_invitation ADD COLUMN failed_rows BIGINT NOT NULL DEFAULT 0;
UPDATE bulk_invitation
SET unchecked_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                          AND r.bulk_id = bulk_invitation.id AND r.result = 'unchecked'),
    ready_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                      AND r.bulk_id = bulk_invitation.id AND r.result = 'ready'),
    invited_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                        AND r.bulk_id = bulk_invitation.id AND r.result = 'invited'),
    already_invited_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                                AND r.bulk_id = bulk_invitation.id AND r.result = 'alreadyInvited'),
    repeated_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                         AND r.bulk_id = bulk_invitation.id AND r.result = 'repeated'),
    failed_rows = (SELECT COUNT(*) FROM bulk_invitation_row r WHERE r.tenant_id = bulk_invitation.tenant_id
                       AND r.bulk_id = bulk_invitation.id AND r.result = 'failed');

-- Whether somebody is deleted: the members of groups are counted without them. That nobody is in it twice lets SQLite look here, where
-- few are, and not at everybody.
DROP INDEX user_deleted;
CREATE UNIQUE INDEX user_deleted ON user_account (tenant_id, id) WHERE deleted_at IS NOT NULL;

-- Invitations by age: those that somebody made, those that were withdrawn, accepted, not answered yet, and of these the ones that were
-- opened. Of indexes that seem alike SQLite takes the newest, so the ones that hold fewest come last.
CREATE INDEX invitation_by_inviter ON invitation (tenant_id, inviter_id, created_at, id);
CREATE INDEX invitation_revoked ON invitation (tenant_id, created_at, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX invitation_accepted ON invitation (tenant_id, created_at, id)
    WHERE accepted_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX invitation_unanswered ON invitation (tenant_id, created_at, id)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitation_opened ON invitation (tenant_id, created_at, id)
    WHERE opened_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL;
DROP INDEX invitation_held;
CREATE INDEX invitation_held ON invitation (tenant_id, created_at, id)
    WHERE held_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL;

-- Mails in one state, by age.
CREATE INDEX mail_by_state ON mail (tenant_id, state, created_at, id);
DROP INDEX mail_given_up;

-- Jobs of one kind, but for mails, of which there may be very many among few others.
CREATE INDEX job_of_kind ON job (tenant_id, kind, id) WHERE kind <> 'send_mail';

-- Requests about apps that wait for an answer, among all that were answered.
CREATE INDEX consent_request_waiting ON consent_request (tenant_id, id) WHERE status = 'InProgress';
