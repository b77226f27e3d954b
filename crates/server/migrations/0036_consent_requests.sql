-- Whether people may ask an administrator to let an app act for everybody, and who looks at it (Graph:
-- adminConsentRequestPolicy). An organisation without a row has not decided, and nobody asks.
CREATE TABLE consent_request_policy (
    tenant_id UUID NOT NULL PRIMARY KEY REFERENCES tenant (id),
    is_enabled BOOLEAN NOT NULL,
    notifies_reviewers BOOLEAN NOT NULL,
    has_reminders BOOLEAN NOT NULL,
    duration_days BIGINT NOT NULL,
    reviewers JSONB NOT NULL,
    version BIGINT NOT NULL
);

-- What somebody asked for at one resource on behalf of an app, why, and what came of it. There are no foreign keys: the app, the
-- resource and the person may be deleted and be brought back, and a registration is purged before what hangs on it.
CREATE TABLE consent_request (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    user_id UUID NOT NULL,
    scope TEXT NOT NULL,
    reason TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    verdict TEXT,
    created_at BIGINT NOT NULL,
    remind_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    told_at BIGINT,
    reminded_at BIGINT,
    completed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
-- Somebody asks once for an app until they have an answer.
CREATE UNIQUE INDEX consent_request_open ON consent_request (tenant_id, client_id, user_id) WHERE status = 'InProgress';
CREATE INDEX consent_request_of_client ON consent_request (tenant_id, client_id, status, id);
CREATE INDEX consent_request_of_user ON consent_request (tenant_id, user_id);
CREATE INDEX consent_request_told ON consent_request (tenant_id, told_at);
CREATE INDEX consent_request_by_status ON consent_request (status, expires_at);
CREATE INDEX consent_request_age ON consent_request (completed_at);

-- Apps for which nobody is to ask any more.
CREATE TABLE consent_request_block (
    tenant_id UUID NOT NULL,
    client_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, client_id)
);

-- What an organisation lets people consent to in its own words (Graph: permissionGrantPolicy). The policies that the server brings
-- along stand in the program.
CREATE TABLE permission_grant_policy (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id TEXT COLLATE "C" NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT,
    includes JSONB NOT NULL,
    excludes JSONB NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
