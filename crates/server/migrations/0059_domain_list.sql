-- What the policy of the list of domains says beside the list (Graph, beta: b2bManagementPolicy). It asks for nothing that is not so, and
-- is kept and answered, because programs write it and read it back.
ALTER TABLE collaboration_settings ADD COLUMN domain_list_beside JSONB NOT NULL DEFAULT '{}';
