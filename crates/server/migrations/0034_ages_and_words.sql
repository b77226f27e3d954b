-- What is purged by its age is found by it. Each run read the whole table of every tenant without these, also where nothing
-- was old.
CREATE INDEX sign_in_age ON sign_in (at);
CREATE INDEX directory_audit_age ON directory_audit (at);
CREATE INDEX mail_age ON mail (created_at);
CREATE INDEX passcode_age ON passcode (expires_at);
CREATE INDEX attempt_age ON attempt (window_start);
CREATE INDEX known_browser_age ON known_browser (proved_at);
CREATE INDEX recovery_link_age ON recovery_link (expires_at);
CREATE INDEX session_age ON session (expires_at);
CREATE INDEX dead_ticket_age ON dead_ticket (created_at);
-- Keys that still sign are found by it too, the oldest first.
CREATE INDEX signing_key_age ON signing_key (published_until, active_from);
CREATE INDEX spent_form_value_age ON spent_form_value (expires_at);
CREATE INDEX bulk_invitation_age ON bulk_invitation (state, created_at);
CREATE INDEX bulk_invitation_end ON bulk_invitation (state, finished_at);
-- It began with the tenant, which a purge does not name; nothing else asks by it.
DROP INDEX continuation_age;
CREATE INDEX continuation_age ON continuation (expires_at);

-- The name of a service principal is kept as that of its registration, so that it is found and sorted by an index: no index leads
-- to the first of two names in two tables.
UPDATE service_principal SET display_name = a.display_name, display_name_folded = a.display_name_folded
FROM application a
WHERE a.tenant_id = service_principal.tenant_id AND a.app_id = service_principal.app_id
  AND a.display_name <> service_principal.display_name;
CREATE INDEX service_principal_by_display_name ON service_principal (tenant_id, display_name_folded, id)
    WHERE deleted_at IS NULL;

-- The words that groups, registrations and service principals are searched by, folded, one row for each: so they are found in
-- an index. As with user_term there is no foreign key. words_kept is false for objects of before, whose words are made in the
-- background.
CREATE TABLE object_word (
    tenant_id UUID NOT NULL,
    object_kind TEXT COLLATE "C" NOT NULL,
    property TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    object_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, object_kind, property, folded, object_id)
);
CREATE INDEX object_word_of_object ON object_word (tenant_id, object_id);
ALTER TABLE directory_group ADD COLUMN words_kept BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX group_without_words ON directory_group (tenant_id, id) WHERE NOT words_kept;
ALTER TABLE application ADD COLUMN words_kept BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX application_without_words ON application (tenant_id, id) WHERE NOT words_kept;
ALTER TABLE service_principal ADD COLUMN words_kept BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX service_principal_without_words ON service_principal (tenant_id, id) WHERE NOT words_kept;
