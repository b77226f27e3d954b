-- Certificates that an ACME server (RFC 8555) gave for the public host. They belong to the installation, to no tenant.

-- Global: the account with an ACME server. Sealed: its address there and its private key.
CREATE TABLE acme_account (
    directory TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email TEXT,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- Global: the certificate in use. The chain is PEM, sealed is its private key.
CREATE TABLE acme_certificate (
    directory TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    chain TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (directory, host)
);

-- Global: which process orders the next certificate, what its server has to show for it, and how the last tries went.
CREATE TABLE acme_order (
    directory TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    holder UUID,
    leased_until BIGINT NOT NULL,
    challenge BYTEA,
    failures BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    failure TEXT,
    failed_at BIGINT,
    PRIMARY KEY (directory, host)
);
