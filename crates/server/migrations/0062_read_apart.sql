-- Apps that everybody of an organisation may use without having been let in, by name: the pages that show what somebody reaches read
-- these, of which there are often few among thousands.
CREATE INDEX service_principal_open ON service_principal (tenant_id, display_name_folded, id)
    WHERE NOT app_role_assignment_required AND account_enabled AND home_tenant_id IS NULL AND deleted_at IS NULL;

-- Invitations that were not answered and never mailed, by age. One that a mail carries is not in it. Of indexes that seem alike SQLite
-- takes the newest, as in migration 61; with one more column this would not seem alike.
CREATE INDEX invitation_unmailed ON invitation (tenant_id, created_at, id)
    WHERE mail_id IS NULL AND opened_at IS NULL AND held_at IS NULL AND accepted_at IS NULL AND revoked_at IS NULL;
