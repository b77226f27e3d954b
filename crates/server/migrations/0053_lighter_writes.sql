-- Every sign-in, every code, every token and every mail writes into the indexes of its table: into none that nothing asks, and into
-- none for rows that it is never asked for.

-- The grants of a user and those of one of their sessions are found by one index. By their age they are sought no longer: a grant
-- goes with the last code or token that hangs on it.
CREATE INDEX token_grant_of_user_in_session ON token_grant (tenant_id, user_id, session_id);
DROP INDEX token_grant_of_user;
DROP INDEX token_grant_of_session;
DROP INDEX token_grant_age;

-- What programs do by themselves has no user.
DROP INDEX sign_in_by_user;
CREATE INDEX sign_in_by_user ON sign_in (tenant_id, user_id, at, id) WHERE user_id IS NOT NULL;

-- The limits count mails that were let through. The copies of a mail are those of its instant.
DROP INDEX mail_by_recipient;
CREATE INDEX mail_by_recipient ON mail (tenant_id, kind, recipient_folded, admitted_at) WHERE admitted_at IS NOT NULL;
DROP INDEX mail_by_share;
CREATE INDEX mail_by_share ON mail (tenant_id, share_of, admitted_at) WHERE share_of IS NOT NULL AND admitted_at IS NOT NULL;
DROP INDEX mail_by_message;

-- Grants from which everything went without them, because whoever tidied up was interrupted.
DELETE FROM token_grant
WHERE NOT EXISTS (SELECT 1 FROM authorization_code c
                  WHERE c.tenant_id = token_grant.tenant_id AND c.grant_id = token_grant.id)
  AND NOT EXISTS (SELECT 1 FROM refresh_token r
                  WHERE r.tenant_id = token_grant.tenant_id AND r.grant_id = token_grant.id);
