-- Apps of other organisations (Graph: signInAudience AzureADMultipleOrgs). The registration stays where it is; of it stands here
-- what lists of this tenant show and are sorted by, and every change of the registration changes it too. Who has none of this is
-- registered here, or is the directory API.
ALTER TABLE service_principal ADD COLUMN home_tenant_id UUID;
ALTER TABLE service_principal ADD COLUMN home_page_url TEXT;
ALTER TABLE service_principal ADD COLUMN redirect_uris JSONB;
ALTER TABLE service_principal ADD COLUMN app_roles JSONB;
ALTER TABLE service_principal ADD COLUMN exposed_scopes JSONB;
-- Where the app of a registration is used.
CREATE INDEX service_principal_elsewhere ON service_principal (home_tenant_id, app_id) WHERE home_tenant_id IS NOT NULL;
-- The apps of others that are used in a tenant.
CREATE INDEX service_principal_of_others ON service_principal (tenant_id, id) WHERE home_tenant_id IS NOT NULL AND deleted_at IS NULL;
-- An app by its client id alone, if other organisations may use it.
CREATE INDEX application_of_several ON application (app_id) WHERE sign_in_audience = 'AzureADMultipleOrgs' AND deleted_at IS NULL;
