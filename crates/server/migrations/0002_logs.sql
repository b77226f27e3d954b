-- The logs are read the newest row first, narrowed by one thing at a time; each has its index, so that a page costs the
-- same however many rows there are.

-- Where the person is at home: the domain of the address they were invited by, or of their own sign-in name. Rows of
-- before have none.
ALTER TABLE sign_in ADD COLUMN home_domain TEXT COLLATE "C";
-- In place of indexes without the id, which SQLite passes over where rows are put in their order.
CREATE INDEX sign_in_by_user ON sign_in (tenant_id, user_id, at, id);
DROP INDEX sign_in_of_user;
CREATE INDEX sign_in_by_app ON sign_in (tenant_id, app_id, at, id);
CREATE INDEX sign_in_by_home ON sign_in (tenant_id, home_domain, at, id) WHERE home_domain IS NOT NULL;
CREATE INDEX sign_in_refused ON sign_in (tenant_id, at, id) WHERE error_code <> 0;
CREATE INDEX sign_in_by_people ON sign_in (tenant_id, at, id) WHERE is_interactive;
CREATE INDEX directory_audit_by_object ON directory_audit (tenant_id, target_id, at, id);
DROP INDEX directory_audit_by_target;
CREATE INDEX directory_audit_by_activity ON directory_audit (tenant_id, activity, at, id);
CREATE INDEX directory_audit_by_initiator ON directory_audit (tenant_id, initiator_id, at, id);
CREATE INDEX directory_audit_refused ON directory_audit (tenant_id, at, id) WHERE result <> 'success';
-- Whoever was removed is looked for in the logs all the same.
CREATE INDEX user_deleted_by_name ON user_account (tenant_id, display_name_folded, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX user_deleted_by_mail ON user_account (tenant_id, mail_folded, id) WHERE deleted_at IS NOT NULL;
