-- Which groups and directory roles tokens tell an app.
ALTER TABLE application ADD COLUMN group_membership_claims JSONB NOT NULL DEFAULT '[]';
