-- How the pages and mails of a tenant look, for each language; '0' is for every reader without a language of their own.
CREATE TABLE branding (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    locale TEXT COLLATE "C" NOT NULL,
    properties JSONB NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, locale)
);

CREATE TABLE branding_image (
    tenant_id UUID NOT NULL,
    locale TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    content_type TEXT NOT NULL,
    digest TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, locale, kind),
    FOREIGN KEY (tenant_id, locale) REFERENCES branding (tenant_id, locale)
);
