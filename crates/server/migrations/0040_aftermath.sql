-- What is left to do after an app or a user was deleted, brought back or removed for good, where it is too much for the transaction
-- that decided it: what happened, and the last of those who have had their turn. A job goes on with it.
CREATE TABLE aftermath (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    object_id UUID NOT NULL,
    object_kind TEXT NOT NULL,
    what TEXT NOT NULL,
    behind UUID NOT NULL,
    PRIMARY KEY (tenant_id, object_id)
);

-- What was granted at an app for everybody, and asked for at it, goes with it.
CREATE INDEX delegated_grant_of_resource ON delegated_grant (tenant_id, resource_id);
CREATE INDEX consent_request_of_resource ON consent_request (tenant_id, resource_id);
