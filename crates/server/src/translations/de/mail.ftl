# In jedem Betreff sind die ersten vierzig Zeichen unsere: Kein Name kann ihn etwas anderes sagen lassen.
invitation-subject = Einladung zur Zusammenarbeit als Gast von { $organization }
invitation-open = Einladung öffnen
invitation-copy = Oder kopieren Sie diese Adresse in Ihren Browser:
invitation-leads-to = Sie führt zu { $host }.
invitation-leads-until = Sie führt zu { $host }, bis { $date }.
invitation-does-nothing = Mit dem Öffnen geschieht noch nichts. Sie entscheiden auf der Seite.
invitation-not-sure = Unsicher?
invitation-never-asks = { $organization } fragt nie per Mail nach einem Passwort. Wenn Sie { $inviter } nicht kennen, fragen Sie zuerst auf einem Weg nach, dem Sie schon vertrauen, oder löschen Sie diese Mail.
mail-sent-to = Gesendet an { $address } für { $organization }.

passcode-subject = Ihr angeforderter Code für die Anmeldung bei { $organization }
passcode-mail-heading = Ihr Code für { $organization }
passcode-mail-app = Sie haben ihn angefordert, um { $app } zu öffnen.
passcode-mail-until = Er gilt einmal, bis { $time }, und nur in dem Browser, der ihn angefordert hat.
passcode-mail-never = Niemand wird Sie je nach diesem Code fragen, weder am Telefon noch per Mail. Wer es tut, ist nicht von { $organization }.
passcode-mail-not-you = Wenn Sie ihn nicht angefordert haben, löschen Sie diese Mail. Ohne den Code geschieht nichts.

consent-answer-subject = Die Antwort auf Ihre Bitte zu einer App bei { $organization }
consent-answer-approved = { $organization } erlaubt { $app }, worum Sie gebeten haben
consent-answer-denied = { $organization } erlaubt { $app } nicht, worum Sie gebeten haben
consent-answer-lapsed = Bei { $organization } hat niemand rechtzeitig beantwortet, worum Sie für { $app } gebeten haben
consent-answer-reason = Der Grund:
consent-answer-open = Öffnen Sie die App noch einmal. Es wird niemand mehr gefragt:
consent-answer-nothing = Es geht ohne das weiter. Ihre anderen Apps:
consent-answer-again = Wenn Sie es noch brauchen, öffnen Sie die App und bitten Sie noch einmal:
consent-digest-subject = Jemand bittet um Ihre Erlaubnis für Apps bei { $organization }
consent-reminder-subject = Jemand wartet noch auf Ihre Erlaubnis für Apps bei { $organization }
consent-digest-heading = { $requests ->
    [one] Eine Bitte zu einer App wartet auf Antwort
   *[other] { $requests } Bitten zu Apps warten auf Antwort
}
consent-digest-line = { $person } bittet um { $app }:
consent-digest-lapse = Sie enden bald, wenn niemand antwortet.
consent-digest-more = Es sind mehr, als hier stehen.
consent-digest-look = Sehen Sie sie an und antworten Sie:
