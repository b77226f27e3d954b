-- Invitation mails that had no turn yet, by the mailbox they go to: those before one are counted when somebody asks when it goes.
CREATE INDEX mail_waiting ON mail (tenant_id, recipient_folded, created_at, id)
    WHERE kind = 'invitation' AND state = 'queued' AND admitted_at IS NULL;
