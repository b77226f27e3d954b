-- How much risk an organisation sees in what an app exposes to be asked of people (Graph: delegatedPermissionClassification). What has
-- no row is not classified. A permission that the app exposes no longer keeps its row until somebody takes it away.
CREATE TABLE permission_classification (
    tenant_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    permission_id UUID NOT NULL,
    classification TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, resource_id, permission_id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES service_principal (tenant_id, id)
);
