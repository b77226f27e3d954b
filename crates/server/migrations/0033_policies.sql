-- The domain an organisation is known by to guests; its first one until another is chosen.
ALTER TABLE tenant ADD COLUMN default_domain TEXT;
