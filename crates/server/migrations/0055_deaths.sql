-- How many tries of a job in a row ended with their process. Jobs that have seen two such ends wait beside the lanes, and are few.
ALTER TABLE job ADD COLUMN deaths BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_apart ON job (state, run_at, id) WHERE deaths >= 2;
