-- Apps that everybody of an organisation may use without having been let in, by name: the pages that show what somebody reaches read
-- these, of which there are often few among thousands.
CREATE INDEX service_principal_open ON service_principal (tenant_id, display_name_folded, id)
    WHERE NOT app_role_assignment_required AND account_enabled AND home_tenant_id IS NULL AND deleted_at IS NULL;
