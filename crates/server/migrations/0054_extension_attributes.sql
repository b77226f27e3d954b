-- Users are found by their extension attributes too, which are kept as rows like the other texts that few have (0020). Whoever has some
-- gets their rows anew in the background: texts are folded by the program.
UPDATE user_account SET terms_kept = FALSE WHERE (profile -> 'extensionAttributes') IS NOT NULL;
