# The invitation. The same sentences stand in the mail.
somebody-at = Somebody at { $organization }
invites-app = { $inviter } invites you to use { $app }
invites-host = { $inviter } invites you to { $host }
invites = { $inviter } invites you to work with { $organization }
organization-invites = { $organization } invites you to work together
proved = { $organization } has proved that it owns { $domain }
proved-nothing = { $organization } has not proved yet that it owns a domain
quote-from = Words from { $inviter }, { $organization }
sees = If you accept, { $organization } will see
sees-name = your name and { $address }
sees-app = when you open { $app }, and from where
sees-sign-in = when you sign in, and from where
sees-never = never your password, mail or files
accept = Accept and continue
accept-next = Next you prove that this mailbox is yours.
open-until = Open until { $date }.
not-you = Not { $address }?
say-no = say no, thank you
say-no-alone = Say no, thank you
nothing-happens = Nothing happens until you press the button.

# The code.
passcode-heading = Type the code from your mail
passcode-heading-returning = Sign in with the code from your mail
passcode-sent = We sent eight digits to { $address }
passcode-sent-returning = If { $address } is known here, eight digits are on their way to it
code = Code
passcode-until = It works once, until { $time }.
passcode-wrong = That is not the code we sent. { $tries ->
    [0] You have no tries left.
    [one] You have 1 try left.
   *[other] You have { $tries } tries left.
}
passcode-malformed = The code has eight digits. Look at the mail again.
passcode-void = There were too many wrong tries, and the code stopped working. Send a new one below.
passcode-lapsed = The time of this code is over. Send a new one below.
passcode-too-many = There were too many wrong codes for this mailbox. You can try again after { $time }.
no-mail = No mail yet?
look-in-spam = Look in spam for { $sender }.
resend = Send the code again
resend-same = While the first one works, it is the same code.
resend-after = You can ask for the code again after { $time }.
wrong-address = Wrong address?
use-another-one = Use another one

# Beside the way.
cancelled-heading = You did not accept
cancelled-text = { $organization } learned nothing about you. The invitation stays open, in case you change your mind.
cancelled-back = Back to the invitation
no-more-invitations = No more invitations from { $organization }
wrong-account-heading = This invitation is for another address
wrong-account-still-good = It is still good. Nothing was used up.
wrong-account-invited = Invited
wrong-account-you-are = You are
wrong-account-rule = { $organization }’s rule: an invitation is for the address it was sent to
continue-as = Continue as { $address }
wrong-account-signs-out = This signs { $address } out of { $organization } in this browser first, its admin centre included.
wrong-account-both-yours = Both addresses are yours, and you want the other one?
ask-to-send-there = Ask { $inviter } to send it there
wrong-account-not-you = Not meant for you? Close this page, and nothing happens.
dead-link-heading = This link no longer works
dead-link-text = A newer invitation may have replaced it, or its time may be over. You can ask for a fresh one.
dead-link-send = Ask for a fresh invitation
dead-link-only-there = It goes to the mailbox that was invited, and nowhere else. A mailbox gets only a few in a day; then the newest one that is there still works.
fresh-link-heading = Look into your mailbox
fresh-link-text = If this invitation is still open and the mailbox has not had its mails of the day, a mail is on its way to the address that was invited. Otherwise look for the newest invitation there.
fresh-link-wait = It can take a few minutes. Look in spam, too. You can close this page.
invitation-held-heading = This invitation is on hold
invitation-held = { $organization } had to bring its data back from a backup. Invitations from before are on hold until somebody there sends them again, so this link no longer works.
invitation-held-way = Ask the person who invited you to { $organization } to send the invitation again. Then a new mail with a new link comes to the mailbox that was invited.
accepted-heading = You have accepted this invitation
accepted-app = Sign in to open { $app }
accepted-host = Sign in to go on to { $host }
accepted-apps = Sign in to see your apps at { $organization }
leaving-heading = You are about to leave for { $host }
leaving-text = This address was chosen by the person who invited you. { $organization } has not proved that it owns it.
leaving-go = Go on to { $host }
leaving-stay = Stay here and see my apps

# Refusing further invitations.
block-heading = No more invitations from { $organization }?
block-text = { $address } will get no further invitations by mail from { $organization }. What you can open today stays as it is.
block-button = Refuse further invitations
blocked-heading = { $organization } can no longer send you invitations
blocked-text = { $address } is on the list of addresses that refused. You can change your mind here.
unblock-button = Allow invitations again
unblocked-heading = { $organization } may invite you again
unblocked-text = No mail was sent to { $address } now. One comes when somebody invites you.

# Turned away.
account-blocked = { $organization } has blocked this account.
ask-contact = Ask your contact at { $organization }.
rule-domains = Which addresses may be guests
domain-not-admitted = { $organization } does not let in guests with an address at { $domain }.

rule-methods = Ways to sign in
passcodes-off = { $organization } does not let guests in by a code sent by mail.
