-- Whose turn it is to count the mails of an organisation: two processes that let mails through hold its row one after the
-- other. It stands apart from the organisation's own row, so that a mail does not count as a change of the organisation.
CREATE TABLE mail_turn (
    tenant_id UUID NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
