//! The names under which the Graph-like API is asked for, and the ones its tokens carry as `aud`.

use crate::config::Settings;
use crate::graph::permission;
use oauth::scope::Scopes;

/// What programs written for Microsoft Graph ask for.
const MICROSOFT_GRAPH: &str = "https://graph.microsoft.com";

/// Whether a resource identifier means the Graph-like API: our address, the same without its port (which is what the
/// Graph SDK makes of it), and Microsoft's two names.
pub fn is_directory_api(settings: &Settings, identifier: &str) -> bool {
    identifier == settings.public_address()
        || identifier == without_port(settings)
        || identifier == MICROSOFT_GRAPH
        || identifier == permission::RESOURCE.to_string()
}

/// The `aud` of a token for the Graph-like API: the name the client used, so that it recognises the token as the one it
/// asked for. Bare permissions name no resource; they get the client id of the API.
pub fn of_directory_api(settings: &Settings, scopes: &Scopes) -> String {
    let prefixes = scopes.as_str().split(' ').filter_map(|token| token.rsplit_once('/')).map(|(resource, _)| resource);
    let named = prefixes.into_iter().find(|resource| is_directory_api(settings, resource));
    named.map_or_else(|| permission::RESOURCE.to_string(), str::to_owned)
}

fn without_port(settings: &Settings) -> String {
    let host = settings.public_host();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let scheme = if settings.is_secure() { "https" } else { "http" };
    format!("{scheme}://{}", name.map_or(host.as_str(), |(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::from_toml(
            "public_address = \"https://id.example:8443\"\n[database]\nurl = \"sqlite:x\"\n[keys]\n\
             [mail]\nrelay = \"localhost\"\nfrom = \"a@id.example\"\n",
        )
        .expect("settings")
    }

    #[test]
    fn four_names_mean_the_directory_api() {
        let settings = settings();
        let id = permission::RESOURCE.to_string();
        for name in ["https://id.example:8443", "https://id.example", MICROSOFT_GRAPH, &id] {
            assert!(is_directory_api(&settings, name), "{name}");
            let scopes = Scopes::parse(&format!("openid {name}/.default")).expect("scopes");
            assert_eq!(of_directory_api(&settings, &scopes), name);
        }
        for name in ["http://id.example:8443", "https://id.example:8443/", "https://id.example.evil", "", "api://x"] {
            assert!(!is_directory_api(&settings, name), "{name}");
        }
        assert_eq!(of_directory_api(&settings, &Scopes::parse("openid User.Read").expect("scopes")), id);
    }
}
