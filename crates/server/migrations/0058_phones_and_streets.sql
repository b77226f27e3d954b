-- Users are found by their telephone at work and by their street too, which are kept as rows like the other texts that few have (0020).
-- Whoever has one gets their rows anew in the background: texts are folded by the program.
UPDATE user_account SET terms_kept = FALSE WHERE business_phones <> '[]' OR (profile -> 'streetAddress') IS NOT NULL;
