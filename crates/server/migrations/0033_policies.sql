-- The domain an organisation is known by to guests; its first one until another is chosen.
ALTER TABLE tenant ADD COLUMN default_domain TEXT;

-- What the lifecycle address of a subscription is to be told, and whether it was asked to be renewed since it last was.
ALTER TABLE subscription ADD COLUMN lifecycle_event TEXT;
ALTER TABLE subscription ADD COLUMN is_asked BOOLEAN NOT NULL DEFAULT FALSE;

-- The userPrincipalName of whoever did it, in small letters: changes are looked for by it.
ALTER TABLE directory_audit ADD COLUMN initiator_name TEXT COLLATE "C";
UPDATE directory_audit SET initiator_name = lower((initiator -> 'user' ->> 'userPrincipalName') COLLATE "C") WHERE initiator_id IS NOT NULL;
CREATE INDEX directory_audit_by_initiator_name ON directory_audit (tenant_id, initiator_name, at, id)
    WHERE initiator_name IS NOT NULL;
