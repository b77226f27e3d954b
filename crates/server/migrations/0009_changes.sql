-- What changed in the directory, in order: delta queries, dynamic groups and change notifications read it. number counts
-- the changes of one tenant. Rows are kept for a while only; from_number is where the log is whole again, so that whoever
-- stood before it begins anew.
CREATE TABLE change_turn (
    tenant_id UUID NOT NULL,
    number BIGINT NOT NULL,
    from_number BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE directory_change (
    tenant_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    object_id UUID NOT NULL,
    what TEXT NOT NULL,
    related_id UUID,
    related_kind TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, number)
);
