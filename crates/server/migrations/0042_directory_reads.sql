-- What guests read of the directory: one row for each guest, app, route, answer and hour, with how often. The id is made from these, so
-- that every process counts on the same row; at is the beginning of the hour, by which the rows are read and purged.
CREATE TABLE directory_read (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    user_id UUID NOT NULL,
    user_display_name TEXT NOT NULL,
    user_principal_name TEXT NOT NULL,
    home_tenant_id UUID,
    home_domain TEXT COLLATE "C",
    app_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    route TEXT NOT NULL,
    answered TEXT COLLATE "C" NOT NULL,
    reads BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    object_id UUID,
    client_address TEXT,
    correlation_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX directory_read_by_age ON directory_read (tenant_id, at, id);
CREATE INDEX directory_read_by_user ON directory_read (tenant_id, user_id, at, id);
CREATE INDEX directory_read_by_app ON directory_read (tenant_id, app_id, at, id);
CREATE INDEX directory_read_by_home ON directory_read (tenant_id, home_domain, at, id) WHERE home_domain IS NOT NULL;
CREATE INDEX directory_read_by_kind ON directory_read (tenant_id, kind, at, id);
CREATE INDEX directory_read_refused ON directory_read (tenant_id, at, id) WHERE answered <> 'served';
CREATE INDEX directory_read_by_correlation ON directory_read (tenant_id, correlation_id);
CREATE INDEX directory_read_age ON directory_read (at);
