-- What an organisation says of an app beside its registration (Graph: servicePrincipal, tags and the like), and what else of the
-- registration of another tenant is shown here: copied, and changed with it. Of an app of the tenant itself all of that stands in
-- the registration.
ALTER TABLE service_principal ADD COLUMN kept JSONB NOT NULL DEFAULT '{}';
ALTER TABLE service_principal ADD COLUMN sign_in_audience TEXT;
ALTER TABLE service_principal ADD COLUMN app_description TEXT;
ALTER TABLE service_principal ADD COLUMN logout_url TEXT;
ALTER TABLE service_principal ADD COLUMN identifier_uris JSONB;
ALTER TABLE service_principal ADD COLUMN app_kept JSONB;
UPDATE service_principal SET sign_in_audience = a.sign_in_audience, app_description = a.description, logout_url = a.logout_url,
    identifier_uris = a.identifier_uris, app_kept = '{}'
FROM application a WHERE a.tenant_id = service_principal.home_tenant_id AND a.app_id = service_principal.app_id;

-- Apps are found by their identifiers, addresses and tags too, each of which is a row beside their words. Apps are few: their rows
-- are made anew in the background.
UPDATE application SET words_kept = FALSE;
UPDATE service_principal SET words_kept = FALSE;

-- Where an organisation is, and whom to ask about what (Graph: organization, city and the like).
ALTER TABLE tenant ADD COLUMN profile JSONB NOT NULL DEFAULT '{}';
