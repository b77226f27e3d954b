-- What people have granted apps for themselves; delegated_grant holds what was granted for everybody. The user of a row
-- may be deleted, and be brought back.
CREATE TABLE personal_grant (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    user_id UUID NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES service_principal (tenant_id, id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES service_principal (tenant_id, id)
);
CREATE UNIQUE INDEX personal_grant_once ON personal_grant (tenant_id, user_id, client_id, resource_id);
CREATE INDEX personal_grant_of_client ON personal_grant (tenant_id, client_id, id);

-- What was all taken back is no grant.
DELETE FROM delegated_grant WHERE scope = '';
