-- Since when an invitation is held, because the database came back from a backup and it may have been withdrawn since: nobody gets
-- in by it until somebody of the organisation sends it again.
ALTER TABLE invitation ADD COLUMN held_at BIGINT;
CREATE INDEX invitation_held ON invitation (tenant_id, created_at, id)
    WHERE held_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL;
