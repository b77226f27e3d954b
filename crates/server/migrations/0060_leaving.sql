-- Whether guests may leave the organisation by themselves (Graph, beta: externalIdentitiesPolicy). They may unless it says otherwise.
ALTER TABLE collaboration_settings ADD COLUMN guests_may_leave BOOLEAN NOT NULL DEFAULT TRUE;
-- A form that stands open since before has no box for it, which would say that they may not: it is out of date from here on.
UPDATE collaboration_settings SET version = version + 1;
