-- Searches find what begins inside of words: behind a symbol, or where the case changes. Such parts are rows like those of words.
-- Users of before whose names are still to be looked through, behind which id: no statement of both engines tells whose name has
-- parts, so every name is read once in the background. A tenant without a row is done.
CREATE TABLE name_part_backlog (
    tenant_id UUID NOT NULL PRIMARY KEY REFERENCES tenant (id),
    after_id UUID
);
INSERT INTO name_part_backlog (tenant_id) SELECT id FROM tenant;

-- Groups, registrations and service principals are few: their words are made anew.
UPDATE directory_group SET words_kept = FALSE;
UPDATE application SET words_kept = FALSE;
UPDATE service_principal SET words_kept = FALSE;
