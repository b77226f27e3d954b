-- What happens to a subscription is told by a job of its own: an address that does not answer holds back no changes.
ALTER TABLE subscription ADD COLUMN is_event_queued BOOLEAN NOT NULL DEFAULT FALSE;

-- The domains that the names and addresses of users are on, one row for each, so that whoever depends on a domain is found in an
-- index. The domain is what stands behind the last at sign: rtrim takes off whatever is none.
INSERT INTO user_term (tenant_id, user_id, property, folded)
SELECT u.tenant_id, u.id, 'addressDomain',
    substr(u.user_principal_name_folded, length(rtrim(u.user_principal_name_folded, replace(u.user_principal_name_folded, '@', ''))) + 1)
FROM user_account u WHERE u.user_principal_name_folded LIKE '%@%'
ON CONFLICT DO NOTHING;
INSERT INTO user_term (tenant_id, user_id, property, folded)
SELECT u.tenant_id, u.id, 'addressDomain',
    substr(u.mail_folded, length(rtrim(u.mail_folded, replace(u.mail_folded, '@', ''))) + 1)
FROM user_account u WHERE u.mail_folded LIKE '%@%'
ON CONFLICT DO NOTHING;
-- Users who have no terms yet get these with them.
INSERT INTO user_term (tenant_id, user_id, property, folded)
SELECT t.tenant_id, t.user_id, 'addressDomain', substr(t.folded, length(rtrim(t.folded, replace(t.folded, '@', ''))) + 1)
FROM user_term t WHERE t.property = 'proxyAddresses' AND t.folded LIKE '%@%'
ON CONFLICT DO NOTHING;

-- Dead links are gone through by their age, each once: those of one instant come in the order of the rest.
DROP INDEX dead_ticket_age;
CREATE INDEX dead_ticket_age ON dead_ticket (created_at, tenant_id, ticket_hash);
