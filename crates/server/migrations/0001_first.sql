-- The first schema. Every tenant-owned table has its tenant first in its primary key, in its unique indexes and in its
-- foreign keys, so that it can be distributed by tenant without a change. Instants are microseconds since 1970 in UTC,
-- durations are microseconds. Columns that end in _folded are made in the program, the same for both engines.

CREATE TABLE tenant (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    initial_domain TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- Global: which tenant has proved which domain.
CREATE TABLE domain (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL,
    is_initial BOOLEAN NOT NULL,
    verified_at BIGINT NOT NULL
);
CREATE INDEX domain_of_tenant ON domain (tenant_id);

-- Global: one row that only the right master key can open.
CREATE TABLE master_key_proof (
    id BIGINT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- Global: counted attempts that are not bound to one tenant (client addresses, the whole server).
CREATE TABLE global_attempt (
    scope TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    window_start BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (scope, subject, window_start)
);
CREATE INDEX global_attempt_age ON global_attempt (window_start);

CREATE TABLE collaboration_settings (
    tenant_id UUID NOT NULL PRIMARY KEY REFERENCES tenant (id),
    allow_invites_from TEXT NOT NULL,
    guest_user_role_id UUID NOT NULL,
    domain_list_kind TEXT NOT NULL,
    listed_domains JSONB NOT NULL,
    landing_addresses TEXT NOT NULL,
    extra_landing_addresses JSONB NOT NULL,
    wide_addresses BOOLEAN NOT NULL,
    invitation_lifetime BIGINT,
    notification_language TEXT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE signing_key (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id TEXT COLLATE "C" NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    public_jwk JSONB NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    published_until BIGINT,
    PRIMARY KEY (tenant_id, id)
);
-- Two processes that make the same key at once agree on the one that was first.
CREATE UNIQUE INDEX signing_key_generation ON signing_key (tenant_id, algorithm, generation);

CREATE TABLE user_account (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    user_principal_name TEXT NOT NULL,
    user_principal_name_folded TEXT COLLATE "C" NOT NULL,
    display_name TEXT NOT NULL,
    display_name_folded TEXT COLLATE "C" NOT NULL,
    given_name TEXT,
    surname TEXT,
    mail TEXT,
    mail_folded TEXT COLLATE "C",
    mail_reversed TEXT COLLATE "C",
    mail_nickname TEXT,
    other_mails JSONB NOT NULL,
    proxy_addresses JSONB NOT NULL,
    user_type TEXT NOT NULL,
    creation_type TEXT,
    external_user_state TEXT,
    external_user_state_changed_at BIGINT,
    account_enabled BOOLEAN NOT NULL,
    job_title TEXT,
    company_name TEXT,
    department TEXT,
    office_location TEXT,
    mobile_phone TEXT,
    business_phones JSONB NOT NULL,
    preferred_language TEXT,
    usage_location TEXT,
    password_hash TEXT,
    password_changed_at BIGINT,
    sessions_valid_from BIGINT NOT NULL,
    last_sign_in_at BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX user_by_principal_name ON user_account (tenant_id, user_principal_name_folded) WHERE deleted_at IS NULL;
CREATE INDEX user_by_mail ON user_account (tenant_id, mail_folded, id) WHERE deleted_at IS NULL;
-- The folded address read backwards: everybody of one partner's domain stands together.
CREATE INDEX user_by_mail_reversed ON user_account (tenant_id, mail_reversed, id) WHERE deleted_at IS NULL;
CREATE INDEX user_by_display_name ON user_account (tenant_id, display_name_folded, id) WHERE deleted_at IS NULL;
CREATE INDEX user_by_state ON user_account (tenant_id, external_user_state, id) WHERE deleted_at IS NULL;
CREATE INDEX user_by_type ON user_account (tenant_id, user_type, id) WHERE deleted_at IS NULL;
-- Few are blocked, so these two stay small.
CREATE INDEX user_blocked ON user_account (tenant_id, id) WHERE deleted_at IS NULL AND NOT account_enabled;
CREATE INDEX user_blocked_by_name ON user_account (tenant_id, display_name_folded, id)
    WHERE deleted_at IS NULL AND NOT account_enabled;

-- How a user signs in: at most one identity of a kind and issuer.
CREATE TABLE user_identity (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    sign_in_type TEXT NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    issuer_assigned_id TEXT,
    issuer_assigned_id_folded TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, user_id, sign_in_type, issuer),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
CREATE INDEX user_identity_by_issuer ON user_identity (tenant_id, issuer, issuer_assigned_id_folded);

CREATE TABLE user_sponsor (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    sponsor_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, sponsor_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id),
    FOREIGN KEY (tenant_id, sponsor_id) REFERENCES user_account (tenant_id, id)
);

-- A built-in directory role held by a user or a service principal.
CREATE TABLE directory_role_assignment (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    principal_id UUID NOT NULL,
    role_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, principal_id, role_id)
);

CREATE TABLE recovery_link (
    tenant_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, secret_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);

CREATE TABLE application (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    app_id UUID NOT NULL,
    display_name TEXT NOT NULL,
    display_name_folded TEXT COLLATE "C" NOT NULL,
    description TEXT,
    sign_in_audience TEXT NOT NULL,
    identifier_uris JSONB NOT NULL,
    web_redirect_uris JSONB NOT NULL,
    spa_redirect_uris JSONB NOT NULL,
    public_redirect_uris JSONB NOT NULL,
    home_page_url TEXT,
    logout_url TEXT,
    app_roles JSONB NOT NULL,
    exposed_scopes JSONB NOT NULL,
    required_resource_access JSONB NOT NULL,
    signing_algorithm TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX application_by_app_id ON application (tenant_id, app_id);
CREATE INDEX application_by_display_name ON application (tenant_id, display_name_folded, id) WHERE deleted_at IS NULL;

CREATE TABLE application_secret (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    display_name TEXT,
    hint TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id)
);
CREATE INDEX secret_of_application ON application_secret (tenant_id, application_id);

CREATE TABLE service_principal (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    app_id UUID NOT NULL,
    display_name TEXT NOT NULL,
    display_name_folded TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    account_enabled BOOLEAN NOT NULL,
    app_role_assignment_required BOOLEAN NOT NULL,
    sessions_valid_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX service_principal_by_app_id ON service_principal (tenant_id, app_id) WHERE deleted_at IS NULL;

-- Who may use an app in which role; also the application permissions of a client, with the directory API as resource.
CREATE TABLE app_role_assignment (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    principal_id UUID NOT NULL,
    principal_type TEXT NOT NULL,
    resource_id UUID NOT NULL,
    app_role_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES service_principal (tenant_id, id)
);
CREATE UNIQUE INDEX assignment_once ON app_role_assignment (tenant_id, principal_id, resource_id, app_role_id);
CREATE INDEX assignment_by_resource ON app_role_assignment (tenant_id, resource_id, id);

-- Delegated permissions an administrator has granted to an app for everybody of the tenant.
CREATE TABLE delegated_grant (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    resource_id UUID NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES service_principal (tenant_id, id),
    FOREIGN KEY (tenant_id, resource_id) REFERENCES service_principal (tenant_id, id)
);
CREATE UNIQUE INDEX delegated_grant_once ON delegated_grant (tenant_id, client_id, resource_id);

CREATE TABLE invitation (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    address TEXT NOT NULL,
    ticket_hash BYTEA,
    redirect_url TEXT NOT NULL,
    application_id UUID,
    inviter_kind TEXT NOT NULL,
    inviter_id UUID NOT NULL,
    inviter_name TEXT NOT NULL,
    inviter_address TEXT,
    message TEXT,
    language TEXT,
    carbon_copies JSONB NOT NULL,
    mail_id UUID,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    opened_at BIGINT,
    accepted_at BIGINT,
    revoked_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
CREATE UNIQUE INDEX invitation_by_ticket ON invitation (tenant_id, ticket_hash) WHERE ticket_hash IS NOT NULL;
CREATE INDEX invitation_of_user ON invitation (tenant_id, user_id, created_at);
CREATE INDEX invitation_by_address ON invitation (tenant_id, lower(address))
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitation_by_age ON invitation (tenant_id, created_at, id);

-- Tickets that a newer link has replaced: they lead to the page that offers a fresh mail, and to nothing else.
CREATE TABLE dead_ticket (
    tenant_id UUID NOT NULL,
    ticket_hash BYTEA NOT NULL,
    invitation_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, ticket_hash),
    FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitation (tenant_id, id)
);

-- Files and lists of people to invite, and their rows. A row has the id of its invitation from the beginning, so that the
-- job that invites can begin again at any point.
CREATE TABLE bulk_invitation (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    problem TEXT,
    redirect_url TEXT NOT NULL,
    send_mail BOOLEAN NOT NULL,
    message TEXT,
    language TEXT,
    inviter_kind TEXT NOT NULL,
    inviter_id UUID NOT NULL,
    inviter_name TEXT NOT NULL,
    client_id UUID,
    permissions JSONB,
    row_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE bulk_invitation_row (
    tenant_id UUID NOT NULL,
    bulk_id UUID NOT NULL,
    position BIGINT NOT NULL,
    line BIGINT NOT NULL,
    address TEXT NOT NULL,
    address_folded TEXT COLLATE "C",
    display_name TEXT NOT NULL,
    redirect_url TEXT NOT NULL,
    send_mail TEXT NOT NULL,
    message TEXT NOT NULL,
    language TEXT NOT NULL,
    digest BYTEA NOT NULL,
    invitation_id UUID NOT NULL,
    result TEXT NOT NULL,
    problem TEXT,
    PRIMARY KEY (tenant_id, bulk_id, position),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk_invitation (tenant_id, id)
);
CREATE UNIQUE INDEX bulk_invitation_row_by_address ON bulk_invitation_row (tenant_id, bulk_id, address_folded)
    WHERE address_folded IS NOT NULL;
CREATE INDEX bulk_invitation_row_by_result ON bulk_invitation_row (tenant_id, bulk_id, result, position);
CREATE INDEX bulk_invitation_row_by_digest ON bulk_invitation_row (tenant_id, digest);

-- Mailboxes that want no further invitations from this organisation.
CREATE TABLE invitation_block (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    address_folded TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, address_folded)
);

-- One mail to one mailbox that is owed or was sent. What it says is sealed, and wiped once it was handed to the relay.
-- admitted_at is when the sending limits let it through; that is what they count.
CREATE TABLE mail (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_folded TEXT COLLATE "C" NOT NULL,
    invitation_id UUID,
    message_id TEXT NOT NULL,
    sealed BYTEA,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    admitted_at BIGINT,
    handed_over_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mail_by_recipient ON mail (tenant_id, kind, recipient_folded, admitted_at);
CREATE INDEX mail_by_admission ON mail (tenant_id, kind, admitted_at);
CREATE INDEX mail_by_message ON mail (tenant_id, message_id);
CREATE INDEX mail_by_age ON mail (tenant_id, created_at, id);

CREATE TABLE job (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state TEXT NOT NULL,
    lease_owner UUID,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX job_due ON job (state, run_at);
CREATE INDEX job_of_subject ON job (tenant_id, kind, subject);

-- What happens next: a step that the browser was sent away from and comes back to.
CREATE TABLE continuation (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    browser_hash BYTEA NOT NULL,
    next JSONB NOT NULL,
    invitation_id UUID,
    address TEXT,
    language TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX continuation_age ON continuation (tenant_id, expires_at);

-- A one-time passcode that was asked for. The digits are derived, never stored.
CREATE TABLE passcode (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    continuation_id UUID NOT NULL,
    address_folded TEXT COLLATE "C" NOT NULL,
    user_id UUID,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    wrong_checks BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX passcode_of_continuation ON passcode (tenant_id, continuation_id, created_at);
CREATE UNIQUE INDEX passcode_open_once ON passcode (tenant_id, continuation_id) WHERE closed_at IS NULL;
CREATE INDEX passcode_of_mailbox ON passcode (tenant_id, address_folded, expires_at);

-- Browsers that have proved a mailbox before.
CREATE TABLE known_browser (
    tenant_id UUID NOT NULL,
    browser_hash BYTEA NOT NULL,
    address_folded TEXT COLLATE "C" NOT NULL,
    proved_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, browser_hash, address_folded)
);

CREATE TABLE attempt (
    tenant_id UUID NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    window_start BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, scope, subject, window_start)
);

CREATE TABLE session (
    tenant_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    method TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    client_address TEXT,
    user_agent TEXT,
    PRIMARY KEY (tenant_id, secret_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
CREATE INDEX session_by_id ON session (tenant_id, id);
CREATE INDEX session_of_user ON session (tenant_id, user_id, expires_at);

-- Form values that were sent in once and cannot be sent in again.
CREATE TABLE spent_form_value (
    tenant_id UUID NOT NULL,
    value_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, value_hash)
);

-- What a user has given an app: one code exchange and the refresh tokens that follow from it.
CREATE TABLE token_grant (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    client_id UUID NOT NULL,
    user_id UUID NOT NULL,
    session_id UUID NOT NULL,
    redirect_kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT,
    revoked_at BIGINT,
    revoked_reason TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
CREATE INDEX token_grant_of_session ON token_grant (tenant_id, session_id);
CREATE INDEX token_grant_age ON token_grant (created_at);

CREATE TABLE authorization_code (
    tenant_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    grant_id UUID NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    nonce TEXT,
    capabilities JSONB NOT NULL,
    wants_client_info BOOLEAN NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, secret_hash),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES token_grant (tenant_id, id)
);
CREATE INDEX authorization_code_of_grant ON authorization_code (tenant_id, grant_id);
CREATE INDEX authorization_code_age ON authorization_code (expires_at);

CREATE TABLE refresh_token (
    tenant_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    grant_id UUID NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    replaced_at BIGINT,
    PRIMARY KEY (tenant_id, secret_hash),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES token_grant (tenant_id, id)
);
CREATE INDEX refresh_token_of_grant ON refresh_token (tenant_id, grant_id);
CREATE INDEX refresh_token_age ON refresh_token (expires_at);

CREATE TABLE directory_audit (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    activity TEXT NOT NULL,
    category TEXT NOT NULL,
    service TEXT NOT NULL,
    operation TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    correlation_id UUID NOT NULL,
    initiator_id UUID,
    initiator JSONB NOT NULL,
    target_id UUID,
    targets JSONB NOT NULL,
    details JSONB NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX directory_audit_by_age ON directory_audit (tenant_id, at, id);
CREATE INDEX directory_audit_by_target ON directory_audit (tenant_id, target_id, at);
CREATE INDEX directory_audit_by_correlation ON directory_audit (tenant_id, correlation_id);

CREATE TABLE sign_in (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    user_id UUID,
    user_display_name TEXT,
    user_principal_name TEXT,
    home_tenant_id UUID,
    app_id UUID,
    app_display_name TEXT,
    resource_id TEXT,
    resource_display_name TEXT,
    service_principal_id UUID,
    is_interactive BOOLEAN NOT NULL,
    client_address TEXT,
    user_agent TEXT,
    correlation_id UUID NOT NULL,
    error_code BIGINT NOT NULL,
    failure_reason TEXT,
    method TEXT,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sign_in_by_age ON sign_in (tenant_id, at, id);
CREATE INDEX sign_in_of_user ON sign_in (tenant_id, user_id, at);
CREATE INDEX sign_in_by_correlation ON sign_in (tenant_id, correlation_id);
