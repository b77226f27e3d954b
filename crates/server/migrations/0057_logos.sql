-- The logo of an app (Graph: application, logo), apart from the registration, so that nothing that reads apps reads pictures. Its digest
-- stands in the registration too, which is copied to wherever the app is used.
CREATE TABLE application_logo (
    tenant_id UUID NOT NULL,
    application_id UUID NOT NULL,
    content_type TEXT NOT NULL,
    digest TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, application_id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id)
);
