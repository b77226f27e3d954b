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
