hall-title = My apps at { $organization }
hall-greeting = Hello { $person }. These are your apps at { $organization }.
hall-apps = { $count ->
    [0] No apps
    [one] 1 app
   *[other] { $count } apps
}
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
call-behind = The call behind this page
call-scrolls = The API call, scrolls sideways
