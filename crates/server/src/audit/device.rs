//! What a User-Agent header says of the browser and the operating system.
//!
//! Browsers write the names of others beside their own, so the first mark that is found decides, the rarest before those it imitates.
//! What is frozen or hidden in the header stays so: an iPad may call itself a Mac, and Windows 11 says it is Windows NT 10.0.

use super::entry::SignInEntry;
use serde_json::{Value, json};

/// Where the version of a browser stands, and its name.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Trident/", "Internet Explorer"),
    ("MSIE ", "Internet Explorer"),
    ("Safari/", "Safari"),
];

/// What names an operating system, and its name. Android says that it is Linux, and an iPhone that it is like Mac OS X.
const SYSTEMS: [(&str, &str); 8] = [
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// How every browser begins. Programs and libraries say their own name instead.
const BROWSERS_BEGIN: &str = "Mozilla/";

/// The browser with its version, as `Firefox 133.0`; `None` for what is none, or none that is known.
pub(super) fn browser(agent: &str) -> Option<String> {
    if !agent.starts_with(BROWSERS_BEGIN) {
        return None;
    }
    let (rest, name) = BROWSERS.iter().find_map(|(mark, name)| Some((agent.split_once(mark)?.1, *name)))?;
    let version = match name {
        // Safari has its own version elsewhere; Internet Explorer's engine counts otherwise than it does.
        "Safari" => agent.split_once("Version/").map(|(_, rest)| rest),
        "Internet Explorer" => agent.split_once("rv:").or_else(|| agent.split_once("MSIE ")).map(|(_, rest)| rest),
        _ => Some(rest),
    };
    let digits = version.map(|text| text.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default());
    Some(match digits.filter(|digits| !digits.is_empty()) {
        Some(digits) => format!("{name} {digits}"),
        None => name.to_owned(),
    })
}

/// The operating system, without a version, which most headers no longer tell.
pub(super) fn operating_system(agent: &str) -> Option<&'static str> {
    SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

/// `deviceDetail`: what the header says. Devices are not registered here, so the rest is not known.
pub(super) fn detail(entry: &SignInEntry) -> Value {
    let agent = entry.user_agent.as_deref().unwrap_or_default();
    json!({
        "deviceId": null,
        "displayName": null,
        "operatingSystem": operating_system(agent),
        "browser": browser(agent),
        "isCompliant": null,
        "isManaged": null,
        "trustType": null,
    })
}

/// `clientAppUsed`: a browser where a person stood at a page or their browser went on without one; otherwise an app that holds
/// tokens for them. A program that signs in by itself is neither.
pub(super) fn client_app(entry: &SignInEntry) -> Option<&'static str> {
    if entry.service_principal_id.is_some() {
        return None;
    }
    let agent = entry.user_agent.as_deref().unwrap_or_default();
    let is_browser = entry.is_interactive || entry.method.as_deref() == Some("session") || browser(agent).is_some();
    Some(if is_browser { "Browser" } else { "Mobile Apps and Desktop clients" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_the_browser_and_the_system() {
        const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                              Chrome/131.0.0.0 Safari/537.36";
        const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \
                              (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
        const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) \
                               SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36";
        const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
        const EXPLORER: &str = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko";
        let edge = format!("{CHROME} Edg/131.0.2903.51");
        for (agent, known, system) in [
            (CHROME, Some("Chrome 131.0.0.0"), Some("Windows")),
            (edge.as_str(), Some("Edge 131.0.2903.51"), Some("Windows")),
            (SAFARI, Some("Safari 18.1"), Some("iOS")),
            (ANDROID, Some("Samsung Internet 27.0"), Some("Android")),
            (FIREFOX, Some("Firefox 133.0"), Some("Linux")),
            (EXPLORER, Some("Internet Explorer 11.0"), Some("Windows")),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/", Some("Chrome"), Some("ChromeOS")),
            ("Mozilla/5.0", None, None),
            ("python-requests/2.32 Chrome/1", None, None),
            ("", None, None),
        ] {
            assert_eq!(browser(agent).as_deref(), known, "{agent}");
            assert_eq!(operating_system(agent), system, "{agent}");
        }
    }
}
