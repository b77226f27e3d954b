-- Who is told what changes in the directory, and up to which change they were told.
CREATE TABLE subscription (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    resource TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_id UUID,
    tells_members BOOLEAN NOT NULL,
    change_types JSONB NOT NULL,
    notification_url TEXT NOT NULL,
    lifecycle_url TEXT,
    client_state BYTEA,
    tls_version TEXT,
    creator_kind TEXT NOT NULL,
    creator_id UUID NOT NULL,
    application_id UUID,
    told BIGINT NOT NULL,
    is_queued BOOLEAN NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX subscription_by_expiry ON subscription (expires_at);
