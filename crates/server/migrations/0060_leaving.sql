-- Whether guests may leave the organisation by themselves (Graph, beta: externalIdentitiesPolicy). They may unless it says otherwise.
ALTER TABLE collaboration_settings ADD COLUMN guests_may_leave BOOLEAN NOT NULL DEFAULT TRUE;
