-- What guests are told about an organisation on every page and in every invitation: where its privacy statement stands, and
-- where it helps.
ALTER TABLE tenant ADD COLUMN privacy_statement_url TEXT;
ALTER TABLE tenant ADD COLUMN help_url TEXT;

-- Hints of secrets held the three letters that every secret begins with, and told none from another.
UPDATE application_secret SET hint = '';
