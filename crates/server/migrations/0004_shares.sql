-- Whose share of the hour an invitation mail counts against, so that nobody uses up the mails of a whole organisation.

-- The inviting person, unless they administer users; none for programs and for mails of before.
ALTER TABLE mail ADD COLUMN share_of UUID;
-- Whether it leaves room for mails of administrators and programs that are sent one by one.
ALTER TABLE mail ADD COLUMN yields BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX mail_by_share ON mail (tenant_id, share_of, admitted_at) WHERE share_of IS NOT NULL;
CREATE INDEX mail_yielding ON mail (tenant_id, yields, admitted_at);
