# In every subject the first forty characters are ours: no name can make it say something else.
invitation-subject = Invitation to work together as a guest of { $organization }
invitation-open = Open the invitation
invitation-copy = Or copy this address into your browser:
invitation-leads-to = It leads to { $host }.
invitation-leads-until = It leads to { $host }, until { $date }.
invitation-does-nothing = Opening it does nothing yet. You decide on the page.
invitation-not-sure = Not sure?
invitation-never-asks = { $organization } never asks for a password by mail. If you do not know { $inviter }, ask first by a way that you already trust, or delete this mail.
mail-sent-to = Sent to { $address } for { $organization }.

passcode-subject = The code that you asked for, to sign in at { $organization }
passcode-mail-heading = Your code for { $organization }
passcode-mail-app = You asked for it to open { $app }.
passcode-mail-until = It works once, until { $time }, and only in the browser that asked for it.
passcode-mail-never = Nobody will ever ask you for this code, not by phone and not by mail. Whoever does is not from { $organization }.
passcode-mail-not-you = If you did not ask for it, delete this mail. Without the code nothing happens.

consent-answer-subject = The answer to what you asked about an app at { $organization }
consent-answer-approved = { $organization } lets { $app } do what you asked for
consent-answer-denied = { $organization } does not let { $app } do what you asked for
consent-answer-lapsed = Nobody at { $organization } answered in time what you asked for { $app }
consent-answer-reason = The reason:
consent-answer-open = Open the app again. Nobody is asked any more:
consent-answer-nothing = You can go on without it. Your other apps:
consent-answer-again = If you still need it, open the app and ask again:
consent-digest-subject = Somebody asks for your approval of apps at { $organization }
consent-reminder-subject = Somebody still waits for your approval of apps at { $organization }
consent-digest-heading = { $requests ->
    [one] One request about an app waits for an answer
   *[other] { $requests } requests about apps wait for an answer
}
consent-digest-line = { $person } asks for { $app }:
consent-digest-lapse = They come to an end soon if nobody answers.
consent-digest-more = There are more than stand here.
consent-digest-look = Look at them and answer:
