-- How long access and ID tokens are good, where an organisation says so (Graph: tokenLifetimePolicy). The definition stands as it was
-- written; the seconds are what it means.
CREATE TABLE token_lifetime_policy (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT,
    definition TEXT NOT NULL,
    lifetime_seconds BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- One at most holds for whatever has none of its own.
CREATE UNIQUE INDEX token_lifetime_policy_default ON token_lifetime_policy (tenant_id) WHERE is_default;

-- The one policy of a registration or a service principal; object_kind tells the two apart. It stays as long as its app can be
-- brought back, so that there is no foreign key to objects of two tables.
CREATE TABLE token_lifetime_assignment (
    tenant_id UUID NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    object_id UUID NOT NULL,
    policy_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, object_kind, object_id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES token_lifetime_policy (tenant_id, id)
);
CREATE INDEX token_lifetime_assignment_of_policy ON token_lifetime_assignment (tenant_id, policy_id, object_kind, object_id);

-- A token may live for a day from now on. Keys that sign for a while yet, and were to be shown for two hours after that, stay for as
-- much longer.
UPDATE signing_key SET published_until = published_until + 86400000000 WHERE published_until IS NOT NULL;
