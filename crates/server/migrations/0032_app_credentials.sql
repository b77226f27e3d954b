-- Secrets of service principals. They prove the app as long as that service principal stands: one that comes after it, for the same
-- app, does not inherit them.
ALTER TABLE application_secret ADD COLUMN service_principal_id UUID;
CREATE INDEX secret_of_principal ON application_secret (tenant_id, service_principal_id) WHERE service_principal_id IS NOT NULL;

-- Service principals that were deleted by themselves are listed, and go for good after a while.
CREATE INDEX service_principal_deleted ON service_principal (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

-- What people have granted at an app goes and comes with it.
CREATE INDEX personal_grant_of_resource ON personal_grant (tenant_id, resource_id, id);

-- Identities elsewhere that an app trusts as itself: whoever shows a token of the issuer, about the subject and for the audience, is
-- the app. All three are compared as they stand.
CREATE TABLE federated_credential (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    audience TEXT COLLATE "C" NOT NULL,
    description TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id)
);
CREATE INDEX federated_credential_of_application ON federated_credential (tenant_id, application_id, id);
CREATE UNIQUE INDEX federated_credential_by_name ON federated_credential (tenant_id, application_id, name);
CREATE UNIQUE INDEX federated_credential_by_subject ON federated_credential (tenant_id, application_id, issuer, subject);
