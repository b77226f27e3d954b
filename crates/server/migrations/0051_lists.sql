-- What the lists of the admin centre are read by, in order, however much there is. Each index that is made anew has what a list
-- reads beside what was sought, so that no row is looked at for it.

-- Groups whose members follow from a rule, and those for roles: few among all, by name.
CREATE INDEX group_dynamic_by_name ON directory_group (tenant_id, display_name_folded, id)
    WHERE deleted_at IS NULL AND group_type IS NOT NULL;
CREATE INDEX group_for_roles_by_name ON directory_group (tenant_id, display_name_folded, id)
    WHERE deleted_at IS NULL AND is_assignable_to_role;

-- The words of one object: whether it has another word as well, and whether an earlier one led to it already. SQLite went through
-- the words of everything, because all of them stand in one index.
DROP INDEX object_word_of_object;
CREATE INDEX object_word_of_object ON object_word (tenant_id, object_id, property, folded);

-- How many are assigned to an app, a principal with two roles once.
DROP INDEX assignment_by_resource;
CREATE INDEX assignment_by_resource ON app_role_assignment (tenant_id, resource_id, id, principal_id);

-- Whoever holds one role, page by page.
CREATE INDEX role_holder ON directory_role_assignment (tenant_id, role_id, principal_id);
