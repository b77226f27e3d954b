-- Sign-ins of nobody known here are looked for by the name that was tried. Few rows are of this kind, so writing the others
-- costs nothing more.
CREATE INDEX sign_in_of_nobody ON sign_in (tenant_id, user_principal_name, at, id)
    WHERE user_id IS NULL AND user_principal_name IS NOT NULL;
