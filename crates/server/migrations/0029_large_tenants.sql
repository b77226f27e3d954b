-- What costs by the size of a tenant without these.

-- What somebody was given, by id: it was sought among all assignments.
CREATE INDEX assignment_by_principal ON app_role_assignment (tenant_id, principal_id, id);

-- Counting reads the index alone. SQLite looks at deleted_at, though the condition of the index says what it is, and read every
-- row for it.
CREATE INDEX user_of_state ON user_account (tenant_id, external_user_state, id, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX user_by_state;
CREATE INDEX user_of_type ON user_account (tenant_id, user_type, id, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX user_by_type;

-- The words of names and addresses are terms now: those of users who have their terms already are made in the background too.
UPDATE user_account SET terms_kept = FALSE WHERE terms_kept;
