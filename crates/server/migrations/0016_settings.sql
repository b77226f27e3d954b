-- What members may without a role (Graph: authorizationPolicy.defaultUserRolePermissions), whether guests may hold roles that
-- administer, and whether guests sign in with codes by mail (Graph: emailAuthenticationMethodConfiguration). What nobody could do
-- before, nobody can after.
ALTER TABLE collaboration_settings ADD COLUMN creates_apps BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE collaboration_settings ADD COLUMN creates_groups BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE collaboration_settings ADD COLUMN reads_others BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE collaboration_settings ADD COLUMN consent_policies JSONB NOT NULL DEFAULT '[]';
ALTER TABLE collaboration_settings ADD COLUMN privileged_roles_for_guests TEXT NOT NULL DEFAULT 'never';
ALTER TABLE collaboration_settings ADD COLUMN passcodes_for_guests TEXT NOT NULL DEFAULT 'default';
