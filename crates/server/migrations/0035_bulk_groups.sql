-- Groups and roles of apps that a row of a list gives besides the invitation, as they were written.
ALTER TABLE bulk_invitation_row ADD COLUMN group_names TEXT NOT NULL DEFAULT '';
ALTER TABLE bulk_invitation_row ADD COLUMN app_role_names TEXT NOT NULL DEFAULT '';
