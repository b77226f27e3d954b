-- All organisations of somebody from outside: by what they have proved, in the order of the pages. Only acceptance adds a row,
-- so that an invitation pays nothing for it.
CREATE INDEX user_identity_by_proof ON user_identity (issuer, issuer_assigned_id_folded, tenant_id, user_id)
    WHERE sign_in_type = 'federated';
