hall-title = Meine Apps bei { $organization }
hall-greeting = Guten Tag, { $person }. Das sind Ihre Apps bei { $organization }.
hall-apps = { $count ->
    [0] Keine Apps
    [one] 1 App
   *[other] { $count } Apps
}
hall-more-apps = Mehr als { $count } Apps
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
places-leaving = Eine Organisation verlassen
places-leaving-text = Hier sind Sie Gast. Zuerst steht da, was enden würde; nichts endet, bevor Sie zustimmen.
leave-title = { $organization } verlassen
leave-ends = Das endet sofort:
leave-apps = { $count ->
    [0] Sie können dort keine App mehr öffnen.
    [one] Sie können dort 1 App nicht mehr öffnen.
   *[other] Sie können dort { $count } Apps nicht mehr öffnen.
}
leave-more-apps = Es gibt dort mehr als { $count } Apps, die Sie nicht mehr öffnen können.
leave-groups = { $count ->
    [one] Sie gehören dort nicht mehr zu 1 Gruppe.
   *[other] Sie gehören dort nicht mehr zu { $count } Gruppen.
}
leave-sessions = Sie werden dort in jedem Browser abgemeldet, und keine App handelt dort mehr für Sie.
leave-stays = Das bleibt:
leave-logs = Die Protokolle von { $organization }: wann Sie sich angemeldet haben und was Sie getan haben.
leave-days = 30 Tage lang kann { $organization } Sie so zurückholen, wie Sie waren. Danach wird Ihr Konto dort endgültig gelöscht.
leave-again = Sie können jederzeit neu eingeladen werden.
leave-stay = Bleiben
leave-barred = { $organization } lässt Gäste nicht von sich aus gehen. Jemand dort muss Sie entfernen.
leave-member = Ihr Konto gehört zu { $organization } selbst. Niemand verlässt die Organisation damit von sich aus; jemand aus der Verwaltung dort entfernt es.
leave-last = Nach Ihnen könnte niemand { $organization } verwalten. Geben Sie diese Rolle zuerst jemand anderem.
leave-ask = Dort für Sie zuständig ist { $contact }:
left-heading = Sie haben { $organization } verlassen
left-text = Sie sind dort abgemeldet, und die Apps dort lassen Sie nicht mehr hinein. Um zurückzukommen, bitten Sie jemanden dort, Sie neu einzuladen.
call-behind = Der Aufruf hinter dieser Seite
call-scrolls = Der API-Aufruf, seitlich zu verschieben
