-- Claims that tokens carry where an app asks for them.
ALTER TABLE application ADD COLUMN optional_claims JSONB NOT NULL DEFAULT '{}';
