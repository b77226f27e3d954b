-- Secrets of service principals. They prove the app as long as that service principal stands: one that comes after it, for the same
-- app, does not inherit them.
ALTER TABLE application_secret ADD COLUMN service_principal_id UUID;
CREATE INDEX secret_of_principal ON application_secret (tenant_id, service_principal_id) WHERE service_principal_id IS NOT NULL;

-- Service principals that were deleted by themselves are listed, and go for good after a while.
CREATE INDEX service_principal_deleted ON service_principal (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
