-- Who answers for a registration or a service principal; owned_kind tells the two apart. An owner may be deleted meanwhile: the
-- row stays, and is seen again when its object is brought back.
CREATE TABLE app_owner (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    owned_kind TEXT COLLATE "C" NOT NULL,
    owned_id UUID NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    object_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, owned_kind, owned_id, object_kind, object_id)
);
CREATE INDEX app_owner_by_object ON app_owner (tenant_id, object_id, owned_kind, owned_id);
