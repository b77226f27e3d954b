hall-title = Meine Apps bei { $organization }
hall-greeting = Guten Tag, { $person }. Das sind Ihre Apps bei { $organization }.
hall-apps = { $count ->
    [0] Keine Apps
    [one] 1 App
   *[other] { $count } Apps
}
hall-open = Für alle bei { $organization }.
hall-assigned = { $organization } hat Sie hineingelassen.
hall-role = Sie kommen hinein als { $role }.
hall-none = Für Sie gibt es noch keine App
hall-none-text = Jemand bei { $organization } muss Sie erst in eine hineinlassen. Fragen Sie die Person, die Sie eingeladen hat.
hall-sees = { $organization } sieht Ihren Namen, Ihre E-Mail-Adresse und wann Sie sich anmelden.
hall-portal = Die Menschen bei { $organization } verwalten
hall-owned = Apps, für die Sie zuständig sind
hall-groups = Gruppen, für die Sie zuständig sind
hall-secrets = { $count ->
    [one] 1 App, für die Sie zuständig sind, hat in 30 Tagen kein Geheimnis mehr
   *[other] { $count } Apps, für die Sie zuständig sind, haben in 30 Tagen kein Geheimnis mehr
}
hall-secrets-renew = Ein neues Geheimnis vergeben
hall-requests = Bitten zu Apps, die Sie beantworten
hall-grants = Was Apps für Sie tun dürfen
grants-title = Was Apps bei { $organization } für Sie tun dürfen
grants-own = Diese Apps dürfen für Sie handeln
grants-everybody = Bei { $organization } dürfen diese Apps für alle handeln
grants-take-back = { $app } beenden
grants-none = Sie haben keiner App erlaubt, für Sie zu handeln
grants-none-text = Eine App fragt Sie vorher, auf einer eigenen Seite.
places-all = Alle Organisationen
places-title = Ihre Organisationen
places-mailbox = Bei diesen Organisationen sind Sie mit { $address } hineingelassen worden.
places-password = Sie haben sich mit Ihrem Konto bei { $organization } angemeldet. Wenn Sie anderswo Gast sind, melden Sie sich bei einer dieser Organisationen mit einem Code per E-Mail an, um die anderen zu sehen.
places-none = Es gibt keine weiteren Organisationen
places-here = Hier sind Sie
places-open = Dieser Browser ist dort angemeldet
places-first = Erste Seite
places-next = Nächste Seite
places-telling = Was Apps bei { $organization } sehen dürfen
places-told = Apps bei { $organization } dürfen diese Liste sehen, und damit alle, die sie betreuen.
places-untold = Apps bei { $organization } sehen diese Liste nicht. Sie sehen, dass Sie zu { $organization } gehören, und sonst nichts.
places-tell = Diese Liste zeigen
places-stop-telling = Diese Liste nicht mehr zeigen
call-behind = Der Aufruf hinter dieser Seite
call-scrolls = Der API-Aufruf, seitlich zu verschieben
