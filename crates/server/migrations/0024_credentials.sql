-- Certificates by which apps prove who they are. Thumbprints are those of the whole certificate.
CREATE TABLE application_key (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    display_name TEXT,
    certificate BYTEA NOT NULL,
    thumbprint BYTEA NOT NULL,
    thumbprint_sha256 BYTEA NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id)
);
CREATE UNIQUE INDEX key_of_application ON application_key (tenant_id, application_id, thumbprint_sha256);

-- Statements that apps have proved themselves with, until they end, and from where they came first.
CREATE TABLE presented_assertion (
    tenant_id UUID NOT NULL,
    assertion_hash BYTEA NOT NULL,
    presented_from BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, assertion_hash)
);
CREATE INDEX presented_assertion_age ON presented_assertion (expires_at);
