-- Groups that answer for a guest, beside the people who do: at most five in all. A group that is deleted keeps its rows until it
-- goes for good, and answers for nobody meanwhile.
CREATE TABLE user_sponsor_group (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    group_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, group_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_group (tenant_id, id)
);
CREATE INDEX user_sponsor_group_of ON user_sponsor_group (tenant_id, group_id, user_id);

-- Guests whom a program invited and for whom nobody answers are flagged as those are whose sponsor left: by the program.
INSERT INTO unsponsored_guest (tenant_id, user_id, former_sponsor_id, former_sponsor_name, since)
SELECT i.tenant_id, i.user_id, i.inviter_id, i.inviter_name, i.created_at FROM invitation i
JOIN user_account u ON u.tenant_id = i.tenant_id AND u.id = i.user_id
WHERE i.inviter_kind = 'application' AND u.external_user_state IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM user_sponsor s WHERE s.tenant_id = i.tenant_id AND s.user_id = i.user_id)
ON CONFLICT DO NOTHING;
