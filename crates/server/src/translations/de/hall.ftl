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
