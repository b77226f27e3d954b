-- How far the rule of a dynamic group was evaluated. While is_pending, users up to and with behind are done.
CREATE TABLE rule_evaluation (
    tenant_id UUID NOT NULL,
    group_id UUID NOT NULL,
    is_pending BOOLEAN NOT NULL,
    behind UUID,
    evaluated_at BIGINT,
    error TEXT,
    PRIMARY KEY (tenant_id, group_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_group (tenant_id, id)
);
CREATE INDEX rule_evaluation_pending ON rule_evaluation (tenant_id, group_id) WHERE is_pending;

-- Up to which change of the tenant the rules of its groups have followed.
CREATE TABLE rule_follower (
    tenant_id UUID NOT NULL REFERENCES tenant (id),
    number BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
