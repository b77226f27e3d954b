-- The domain an organisation is known by to guests; its first one until another is chosen.
ALTER TABLE tenant ADD COLUMN default_domain TEXT;

-- What the lifecycle address of a subscription is to be told, and whether it was asked to be renewed since it last was.
ALTER TABLE subscription ADD COLUMN lifecycle_event TEXT;
ALTER TABLE subscription ADD COLUMN is_asked BOOLEAN NOT NULL DEFAULT FALSE;
