-- What the overview of an organisation shows without counting whole tables.

-- Sign-ins of people in one hour, counted once when it was over; hours are counted from 1970 in UTC.
CREATE TABLE sign_in_hour (
    tenant_id UUID NOT NULL,
    hour BIGINT NOT NULL,
    let_in BIGINT NOT NULL,
    turned_away BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hour)
);

-- Where the guests of a large organisation are at home, as counted last. Small ones are counted when somebody looks.
CREATE TABLE guest_census (
    tenant_id UUID NOT NULL PRIMARY KEY,
    counted_at BIGINT NOT NULL,
    guests BIGINT NOT NULL,
    homes BIGINT NOT NULL,
    largest JSONB NOT NULL
);

CREATE INDEX guest_by_home ON user_account (tenant_id, mail_reversed, id) WHERE deleted_at IS NULL AND user_type = 'Guest';
CREATE INDEX invitation_open ON invitation (tenant_id, expires_at) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX mail_given_up ON mail (tenant_id, created_at, id) WHERE state = 'refusedByRelay';
CREATE INDEX job_failed ON job (tenant_id, id) WHERE state = 'failed';
CREATE INDEX bulk_invitation_to_start ON bulk_invitation (tenant_id, id) WHERE state = 'checked';
