//! The icons: one path each on a square of 16, drawn as a line in the colour of the text.

/// The path data of an icon. A name that does not exist draws nothing; a test keeps templates from asking for one.
pub fn path(name: &str) -> &'static str {
    match name {
        "check" => "m3.5 8.5 3 3 6-7",
        "cross" => "m4.5 4.5 7 7M11.5 4.5l-7 7",
        "plus" => "M8 3.5v9M3.5 8h9",
        "arrow" => "M3 8h9.5M9 4.5 12.5 8 9 11.5",
        "back" => "m9.5 4-4 4 4 4",
        "onward" => "m6.5 4 4 4-4 4",
        "down" => "m4.5 6.5 3.5 3.5 3.5-3.5",
        "download" => "M8 2.5V10M5 7.25l3 3 3-3M3 13h10",
        "clock" => "M2.5 8a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0M8 5v3.25l2 1.25",
        "information" => "M2.25 8a5.75 5.75 0 1 0 11.5 0 5.75 5.75 0 1 0-11.5 0M8 7.5V11M8 5.25v.01",
        "warning" => "M8 2.75 14 13H2zM8 6.75v3M8 11.5v.01",
        "mail" => "M2.5 4.5h11v8h-11zM2.5 5l5.5 4.5L13.5 5",
        "swap" => "M3 6h9.5L10 3.5M13 10H3.5L6 12.5",
        "person" => "M5.5 5.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0M3 13.5c.6-2.7 2.5-4 5-4s4.4 1.3 5 4",
        "seal" => {
            "m8 1.75 1.7 1.3 2.1-.2.7 2 1.8 1.15L13.75 8l.55 2-1.8 1.15-.7 2-2.1-.2L8 14.25l-1.7-1.3-2.1.2-.7-2L1.7 \
             10l.55-2L1.7 6l1.8-1.15.7-2 2.1.2zM5.75 8.25l1.5 1.5 3-3.5"
        }
        "search" => "M2.75 7a4.25 4.25 0 1 0 8.5 0 4.25 4.25 0 1 0-8.5 0M10.25 10.25l3 3",
        "app" => "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z",
        "copy" => "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
        _ => "",
    }
}

/// Whether an icon points along the line of reading, and is mirrored where that runs from right to left.
pub fn follows_reading(name: &str) -> bool {
    matches!(name, "arrow" | "back" | "onward" | "swap")
}
