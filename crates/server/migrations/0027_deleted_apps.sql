-- Deleted registrations are listed, and go for good after a while.
CREATE INDEX application_deleted ON application (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
