-- Domains that a tenant wants and has not proved. Several tenants may want the same; whoever publishes their own text in its DNS
-- gets it.
CREATE TABLE domain_claim (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    name TEXT COLLATE "C" NOT NULL,
    proof TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
