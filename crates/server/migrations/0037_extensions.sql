-- Properties that apps add to users, groups and registrations (Graph: extensionProperty). One whose app is deleted is hidden as long;
-- one that is deleted itself keeps its row until its values are gone, while its name is free.
CREATE TABLE extension_property (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    data_type TEXT NOT NULL,
    is_multi_valued BOOLEAN NOT NULL,
    target_objects JSONB NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX extension_property_by_name ON extension_property (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX extension_property_of_application ON extension_property (tenant_id, application_id, id) WHERE deleted_at IS NULL;
CREATE INDEX extension_property_deleted ON extension_property (tenant_id, id) WHERE deleted_at IS NOT NULL;

-- Their values, one row for each: content as it is written, compared as it is sought. An object has one kind only, so the key
-- needs none; it is there for whoever is told of changes. There is no foreign key to objects of several tables.
CREATE TABLE extension_value (
    tenant_id UUID NOT NULL,
    object_id UUID NOT NULL,
    property_id UUID NOT NULL,
    place BIGINT NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    content TEXT NOT NULL,
    compared TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, object_id, property_id, place),
    FOREIGN KEY (tenant_id, property_id) REFERENCES extension_property (tenant_id, id)
);
CREATE INDEX extension_value_by_text ON extension_value (tenant_id, property_id, compared, object_id);
