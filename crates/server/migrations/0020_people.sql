-- The whole user. profile holds what few users have and no statement compares: a row stays narrow for the many who have
-- none of it.
ALTER TABLE user_account ADD COLUMN profile JSONB NOT NULL DEFAULT '{}';

-- Who signed in how, beside last_sign_in_at: the requests, and what apps did by themselves.
ALTER TABLE user_account ADD COLUMN last_sign_in_request_id UUID;
ALTER TABLE user_account ADD COLUMN last_app_sign_in_at BIGINT;
ALTER TABLE user_account ADD COLUMN last_app_sign_in_request_id UUID;

-- What is filtered by and is seldom set, folded, one row for each value: so a property costs nothing where it is not set,
-- and each is found in an index. There is no foreign key: to prove it, every purge would read them all. terms_kept is false for users of before, whose rows are made in the background.
CREATE TABLE user_term (
    tenant_id UUID NOT NULL,
    property TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    user_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, property, folded, user_id)
);
ALTER TABLE user_account ADD COLUMN terms_kept BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX user_without_terms ON user_account (tenant_id, id) WHERE NOT terms_kept;

-- Deleted users are few: listed by id, purged by age.
CREATE INDEX user_deleted ON user_account (tenant_id, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX user_deleted_by_age ON user_account (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
-- Whoever is purged leaves nothing behind, which must be found without reading everybody's.
CREATE INDEX token_grant_of_user ON token_grant (tenant_id, user_id);
CREATE INDEX dead_ticket_of_invitation ON dead_ticket (tenant_id, invitation_id);

-- Who somebody reports to.
CREATE TABLE user_manager (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES user_account (tenant_id, id)
);
CREATE INDEX user_manager_reports ON user_manager (tenant_id, manager_id, user_id);

-- Whom somebody answers for, and guests whose last sponsor has gone: former_sponsor_id is who that was.
CREATE INDEX user_sponsor_of ON user_sponsor (tenant_id, sponsor_id, user_id);
CREATE TABLE unsponsored_guest (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    former_sponsor_id UUID NOT NULL,
    former_sponsor_name TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);

-- Pictures, apart from the users, so that no page of users reads them.
CREATE TABLE user_photo (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    media_type TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    content BYTEA NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
