# Die Einladung. Dieselben Sätze stehen in der Mail.
somebody-at = Jemand bei { $organization }
invites-app = { $inviter } lädt Sie ein, { $app } zu nutzen
invites-host = { $inviter } lädt Sie zu { $host } ein
invites = { $inviter } lädt Sie ein, mit { $organization } zu arbeiten
organization-invites = { $organization } lädt Sie zur Zusammenarbeit ein
proved = { $organization } hat nachgewiesen, dass { $domain } ihr gehört
proved-nothing = { $organization } hat noch für keine Domain nachgewiesen, dass sie ihr gehört
quote-from = Worte von { $inviter }, { $organization }
sees = Wenn Sie annehmen, sieht { $organization }
sees-name = Ihren Namen und { $address }
sees-app = wann Sie { $app } öffnen, und von wo
sees-sign-in = wann Sie sich anmelden, und von wo
sees-never = niemals Ihr Passwort, Ihre Mails oder Ihre Dateien
accept = Annehmen und weiter
accept-next = Danach weisen Sie nach, dass dieses Postfach Ihnen gehört.
open-until = Offen bis { $date }.
not-you = Nicht { $address }?
say-no = Nein, danke
say-no-alone = Nein, danke
nothing-happens = Es geschieht nichts, bevor Sie auf die Schaltfläche drücken.

# Der Code.
passcode-heading = Geben Sie den Code aus Ihrer Mail ein
passcode-heading-returning = Melden Sie sich mit dem Code aus Ihrer Mail an
passcode-sent = Wir haben acht Ziffern an { $address } geschickt
passcode-sent-returning = Wenn { $address } hier bekannt ist, sind acht Ziffern dorthin unterwegs
code = Code
passcode-until = Er gilt einmal, bis { $time } Uhr.
passcode-wrong = Das ist nicht der Code, den wir geschickt haben. { $tries ->
    [0] Sie haben keinen Versuch mehr.
    [one] Sie haben noch einen Versuch.
   *[other] Sie haben noch { $tries } Versuche.
}
passcode-malformed = Der Code hat acht Ziffern. Sehen Sie noch einmal in die Mail.
passcode-void = Es gab zu viele falsche Versuche, der Code gilt nicht mehr. Fordern Sie unten einen neuen an.
passcode-lapsed = Die Zeit dieses Codes ist vorbei. Fordern Sie unten einen neuen an.
passcode-too-many = Für dieses Postfach gab es zu viele falsche Codes. Ab { $time } Uhr können Sie es wieder versuchen.
no-mail = Noch keine Mail?
look-in-spam = Suchen Sie im Spam-Ordner nach { $sender }.
resend = Code noch einmal schicken
resend-same = Solange der erste gilt, ist es derselbe Code.
resend-after = Ab { $time } Uhr können Sie den Code noch einmal anfordern.
wrong-address = Falsche Adresse?
use-another-one = Eine andere verwenden

# Neben dem Weg.
cancelled-heading = Sie haben nicht angenommen
cancelled-text = { $organization } hat nichts über Sie erfahren. Die Einladung bleibt offen, falls Sie es sich anders überlegen.
cancelled-back = Zurück zur Einladung
no-more-invitations = Keine Einladungen mehr von { $organization }
wrong-account-heading = Diese Einladung gilt einer anderen Adresse
wrong-account-still-good = Sie gilt weiterhin. Nichts wurde verbraucht.
wrong-account-invited = Eingeladen
wrong-account-you-are = Sie sind
wrong-account-rule = Regel von { $organization }: Eine Einladung gilt der Adresse, an die sie ging
continue-as = Weiter als { $address }
wrong-account-signs-out = Dabei wird { $address } bei { $organization } in diesem Browser zuerst abgemeldet, auch in der Verwaltung.
wrong-account-both-yours = Beide Adressen gehören Ihnen, und Sie möchten die andere?
ask-to-send-there = Bitten Sie { $inviter }, die Einladung dorthin zu schicken
wrong-account-not-you = Nicht für Sie gedacht? Schließen Sie diese Seite, es geschieht nichts.
dead-link-heading = Dieser Link gilt nicht mehr
dead-link-text = Vielleicht hat eine neuere Einladung ihn ersetzt, oder seine Zeit ist vorbei. Sie können um eine neue bitten.
dead-link-send = Um eine neue Einladung bitten
dead-link-only-there = Sie geht an das eingeladene Postfach und nirgendwo sonst hin. Ein Postfach bekommt nur wenige am Tag; danach gilt die neueste, die dort liegt, weiter.
fresh-link-heading = Sehen Sie in Ihr Postfach
fresh-link-text = Wenn diese Einladung noch offen ist und das Postfach seine Mails des Tages noch nicht bekommen hat, ist eine Mail an die eingeladene Adresse unterwegs. Sonst suchen Sie dort nach der neuesten Einladung.
fresh-link-wait = Das kann einige Minuten dauern. Sehen Sie auch im Spam-Ordner nach. Sie können diese Seite schließen.
invitation-held-heading = Diese Einladung ruht
invitation-held = { $organization } musste Daten aus einer Sicherung zurückholen. Einladungen von davor ruhen, bis jemand dort sie noch einmal sendet. Deshalb gilt dieser Link nicht mehr.
invitation-held-way = Bitten Sie die Person, die Sie zu { $organization } eingeladen hat, die Einladung noch einmal zu senden. Dann kommt eine neue Mail mit einem neuen Link in das eingeladene Postfach.
accepted-heading = Sie haben diese Einladung angenommen
accepted-app = Melden Sie sich an, um { $app } zu öffnen
accepted-host = Melden Sie sich an, um zu { $host } zu gelangen
accepted-apps = Melden Sie sich an, um Ihre Apps bei { $organization } zu sehen
leaving-heading = Sie verlassen diese Seite und gehen zu { $host }
leaving-text = Diese Adresse hat die Person gewählt, die Sie eingeladen hat. { $organization } hat nicht nachgewiesen, dass sie ihr gehört.
leaving-go = Weiter zu { $host }
leaving-stay = Hier bleiben und meine Apps ansehen

# Weitere Einladungen ablehnen.
block-heading = Keine Einladungen mehr von { $organization }?
block-text = { $address } bekommt keine weiteren Einladungen per Mail von { $organization }. Was Sie heute öffnen können, bleibt, wie es ist.
block-button = Weitere Einladungen ablehnen
blocked-heading = { $organization } kann Ihnen keine Einladungen mehr schicken
blocked-text = { $address } steht auf der Liste der Adressen, die abgelehnt haben. Hier können Sie es sich anders überlegen.
unblock-button = Einladungen wieder zulassen
unblocked-heading = { $organization } darf Sie wieder einladen
unblocked-text = An { $address } ging jetzt keine Mail. Sie bekommen eine, wenn jemand Sie einlädt.

# Turned away.
account-blocked = { $organization } hat dieses Konto gesperrt.
ask-contact = Fragen Sie Ihre Kontaktperson bei { $organization }.
rule-domains = Welche Adressen Gast sein dürfen
domain-not-admitted = { $organization } lässt keine Gäste mit einer Adresse bei { $domain } ein.

rule-methods = Wege der Anmeldung
passcodes-off = { $organization } lässt Gäste nicht mit einem Code per E-Mail herein.
