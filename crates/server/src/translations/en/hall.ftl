hall-title = My apps at { $organization }
hall-greeting = Hello { $person }. These are your apps at { $organization }.
hall-apps = { $count ->
    [0] No apps
    [one] 1 app
   *[other] { $count } apps
}
hall-more-apps = More than { $count } apps
hall-open = For everybody at { $organization }.
hall-assigned = { $organization } let you in.
hall-role = You are let in as { $role }.
hall-none = There is no app for you yet
hall-none-text = Somebody at { $organization } has to let you into one first. Ask the person who invited you.
hall-sees = { $organization } sees your name, your e-mail address and when you sign in.
hall-portal = Look after the users of { $organization }
hall-owned = Apps you answer for
hall-groups = Groups you answer for
hall-secrets = { $count ->
    [one] 1 app you look after has no secret beyond 30 days
   *[other] { $count } apps you look after have no secret beyond 30 days
}
hall-secrets-renew = Give a new secret
hall-requests = Requests about apps that you answer
hall-grants = What apps may do for you
grants-title = What apps may do for you at { $organization }
grants-own = You let these apps act for you
grants-everybody = { $organization } lets these apps act for everybody
grants-take-back = Stop { $app }
grants-none = You have let no app act for you
grants-none-text = An app asks you first, on a page of its own.
places-all = All organisations
places-title = Your organisations
places-mailbox = You were let in at these organisations with { $address }.
places-password = You signed in with your account at { $organization }. If you are a guest elsewhere, sign in with a code by e-mail at one of those organisations to see the others.
places-none = There are no further organisations
places-here = You are here
places-open = This browser is signed in there
places-first = First page
places-next = Next page
places-telling = What apps at { $organization } may see
places-told = Apps at { $organization } may see this list, and so may whoever looks after them.
places-untold = Apps at { $organization } do not see this list. They see that you belong to { $organization }, and nothing else.
places-tell = Let them see it
places-stop-telling = No longer let them see it
places-leaving = Leave an organisation
places-leaving-text = You are a guest of these. Each first says what would end; nothing ends before you agree.
leave-title = Leave { $organization }
leave-ends = This ends at once:
leave-apps = { $count ->
    [0] You can open no app there any more.
    [one] You can no longer open 1 app there.
   *[other] You can no longer open { $count } apps there.
}
leave-more-apps = There are more than { $count } apps there that you can no longer open.
leave-groups = { $count ->
    [one] You no longer belong to 1 group there.
   *[other] You no longer belong to { $count } groups there.
}
leave-sessions = You are signed out there in every browser, and no app acts for you there any more.
leave-stays = This stays:
leave-logs = { $organization } keeps its logs: when you signed in, and what you did.
leave-days = For 30 days { $organization } can bring you back as you were. Then your account there is deleted for good.
leave-again = You can be invited again at any time.
leave-stay = Stay
leave-barred = { $organization } does not let its guests leave by themselves. Somebody there has to remove you.
leave-member = Your account is one of { $organization } itself. Nobody leaves with it; an administrator there removes it.
leave-last = Nobody could administer { $organization } after you. Give that role to somebody else first.
leave-ask = { $contact } answers for you there:
left-heading = You have left { $organization }
left-text = You are signed out there, and its apps no longer let you in. To come back, ask somebody there to invite you again.
call-behind = The call behind this page
call-scrolls = The API call, scrolls sideways
