-- What a registration says beside what has columns of its own: kept and answered, because programs write it and read it back.
ALTER TABLE application ADD COLUMN kept JSONB NOT NULL DEFAULT '{}';

-- Apps that people need not let in for some of its scopes. Few registrations name any: those are found without the others.
ALTER TABLE application ADD COLUMN pre_authorized JSONB NOT NULL DEFAULT '[]';
CREATE INDEX application_pre_authorizing ON application (tenant_id, app_id) WHERE pre_authorized <> '[]';

-- The second alternate key.
ALTER TABLE application ADD COLUMN unique_name TEXT;
ALTER TABLE application ADD COLUMN unique_name_folded TEXT COLLATE "C";
CREATE UNIQUE INDEX application_by_unique_name ON application (tenant_id, unique_name_folded) WHERE unique_name_folded IS NOT NULL;

-- What an organisation switched on of what governs nothing here.
ALTER TABLE collaboration_settings ADD COLUMN kept_switches JSONB NOT NULL DEFAULT '[]';

-- Whom guests ask about privacy, and whom Microsoft would tell about the service.
ALTER TABLE tenant ADD COLUMN contact_email TEXT;
ALTER TABLE tenant ADD COLUMN technical_notification_mails JSONB NOT NULL DEFAULT '[]';
