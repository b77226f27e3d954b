-- Groups, who belongs to them and who answers for them. What belongs may be deleted meanwhile: the edge stays, and is seen
-- again when its object is brought back. object_kind tells User, Group and ServicePrincipal apart; an id has one kind only, so
-- the keys hold each object once.
CREATE TABLE directory_group (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    display_name TEXT NOT NULL,
    display_name_folded TEXT COLLATE "C" NOT NULL,
    description TEXT,
    description_folded TEXT COLLATE "C",
    mail_nickname TEXT NOT NULL,
    mail_nickname_folded TEXT COLLATE "C" NOT NULL,
    mail_enabled BOOLEAN NOT NULL,
    security_enabled BOOLEAN NOT NULL,
    group_type TEXT,
    visibility TEXT,
    is_assignable_to_role BOOLEAN NOT NULL,
    membership_rule TEXT,
    membership_rule_state TEXT,
    unique_name TEXT,
    unique_name_folded TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX group_by_display_name ON directory_group (tenant_id, display_name_folded, id) WHERE deleted_at IS NULL;
CREATE INDEX group_by_mail_nickname ON directory_group (tenant_id, mail_nickname_folded, id) WHERE deleted_at IS NULL;
-- A deleted group keeps its name, so that it can be brought back.
CREATE UNIQUE INDEX group_by_unique_name ON directory_group (tenant_id, unique_name_folded) WHERE unique_name_folded IS NOT NULL;
CREATE INDEX group_by_type ON directory_group (tenant_id, group_type, id) WHERE deleted_at IS NULL AND group_type IS NOT NULL;
CREATE INDEX group_deleted ON directory_group (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE group_member (
    tenant_id UUID NOT NULL,
    group_id UUID NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    object_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, object_kind, object_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_group (tenant_id, id)
);
CREATE INDEX group_member_by_object ON group_member (tenant_id, object_id, group_id);

CREATE TABLE group_owner (
    tenant_id UUID NOT NULL,
    group_id UUID NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    object_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, object_kind, object_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_group (tenant_id, id)
);
CREATE INDEX group_owner_by_object ON group_owner (tenant_id, object_id, group_id);
