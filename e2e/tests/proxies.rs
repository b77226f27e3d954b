//! The server behind the reverse proxies of `docs/operations.md`, with TLS, each set up by what stands there.

use std::net::IpAddr;
use std::process::Command;

use e2e::Outcome;
use e2e::demo::free_port;
use e2e::doctor::{examine, verdict};
use e2e::neighbours::Running;
use e2e::operator::{Engine, Installation};
use e2e::visitor::Visitor;
use rcgen::CertifiedKey;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde_json::Value;

const PASSWORD: &str = "correct horse battery staple";
const PORTAL: &str = "/portal/contoso.example";
/// Where a client is that claims to be elsewhere.
const PLACE: [u8; 4] = [127, 0, 0, 2];

/// The server, its certificate, and the port that a proxy is to take.
struct Site {
    installation: Installation,
    port: u16,
    certificate: String,
}

impl Site {
    fn new() -> Outcome<Self> {
        let mut installation = Installation::with_administrator(Engine::Sqlite, PASSWORD)?;
        let port = free_port()?;
        installation.base_url = format!("https://localhost:{port}");
        installation.settings = "trusted_proxies = [\"127.0.0.1/32\"]\n".to_owned();
        installation.configured(&["tenant", "rotate-keys"], &["--tenant", "contoso.example"])?;
        let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        installation.write("certificate.pem", &cert.pem())?;
        installation.write("key.pem", &signing_key.serialize_pem())?;
        Ok(Self { installation, port, certificate: cert.pem() })
    }

    fn file(&self, name: &str) -> String {
        self.installation.file(name).display().to_string()
    }

    /// What stands in the manual in this language, with the ports of this machine.
    fn printed(&self, language: &str) -> Outcome<String> {
        let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md"))?;
        let block = manual.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next());
        let block = block.ok_or_else(|| format!("the manual says nothing in {language}"))?;
        Ok(block.replace("127.0.0.1:8080", &format!("127.0.0.1:{}", self.installation.port)))
    }

    /// Somebody on another machine than the proxy, who claims to be on a third one.
    fn client(&self) -> Outcome<Client> {
        // An error only says that an earlier test in this process has chosen it already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let claim = (HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static("203.0.113.9"));
        let client = Client::builder().no_proxy().redirect(Policy::none());
        let client = client.default_headers(HeaderMap::from_iter([claim]));
        let client = client.tls_certs_only([Certificate::from_pem(self.certificate.as_bytes())?]);
        Ok(client.local_address(IpAddr::from(PLACE)).build()?)
    }

    /// What must work, whichever proxy is in front.
    async fn is_served(&self) -> Outcome {
        let (client, address) = (self.client()?, &self.installation.base_url);
        let mut visitor = Visitor::new(client.clone(), address)?;
        visitor.open(PORTAL).await?;
        assert!(visitor.at().path().contains("/sign-in/") && visitor.at().scheme() == "https", "{}", visitor.at());
        let page = visitor.sign_in("ada@contoso.example", PASSWORD).await?;
        assert!(page.status == 200 && page.text.contains("Ada Lovelace"), "{page:?}");
        is_seen_where_they_are(&mut visitor).await?;

        let metadata = format!("{address}/contoso.example/v2.0/.well-known/openid-configuration");
        let metadata: Value = client.get(metadata).send().await?.json().await?;
        let authorize = metadata["authorization_endpoint"].as_str().unwrap_or_default();
        assert!(authorize.starts_with(address.as_str()), "{metadata:#}");
        let long = format!("{address}{PORTAL}?x={}", "a".repeat(20_000));
        assert_eq!(client.get(long).send().await?.status(), 303, "sign-in requests are long");
        let metrics = client.get(format!("{address}/metrics")).send().await?;
        assert_eq!(metrics.status(), 403, "the proxy is on this machine, and whom it speaks for is not");
        // Past the proxy the server is known under no other name.
        let past = format!("http://127.0.0.1:{}{PORTAL}", self.installation.port);
        assert_eq!(client.get(past).send().await?.status(), 421);

        bodies_are_taken_or_refused_by_the_server(&client, address, &mut visitor).await?;
        let authority = self.file("certificate.pem");
        let (findings, _) = examine(&self.installation, &[], &[("SSL_CERT_FILE", &authority)])?;
        assert_eq!(verdict(&findings, "address", "publishes the keys of this database"), "ok");
        Ok(())
    }
}

/// The log has the address of the machine, and not the one that was claimed.
async fn is_seen_where_they_are(visitor: &mut Visitor) -> Outcome {
    let sign_ins = format!("{PORTAL}/sign-ins");
    let mut log = visitor.open(&sign_ins).await?.text;
    if let Some((_, detail)) = log.split_once(&format!("{sign_ins}/")) {
        let id: String = detail.chars().take_while(|letter| letter.is_ascii_hexdigit() || *letter == '-').collect();
        log.push_str(&visitor.open(&format!("{sign_ins}/{id}")).await?.text);
    }
    let place = IpAddr::from(PLACE).to_string();
    assert!(log.contains(&place) && !log.contains("203.0.113.9"), "{log}");
    Ok(())
}

/// A body that is too large is refused by the server in its own words, and a file beyond what proxies take by
/// themselves arrives.
async fn bodies_are_taken_or_refused_by_the_server(client: &Client, address: &str, visitor: &mut Visitor) -> Outcome {
    for size in [300_000, 2_000_000, 12_000_000] {
        let asked = client.post(format!("{address}/contoso.example/oauth2/v2.0/token"));
        let asked = asked.header("content-type", "application/x-www-form-urlencoded").body("a".repeat(size));
        let answer = asked.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        assert!(status == 413 && text.contains("invalid_request"), "{size}: {status} {text}");
    }
    // The second column has a heading that nobody knows, so it is passed over.
    let row = |number: usize| format!("guest{number}@northwind.example,{}\n", "x".repeat(7_000));
    let file: String = ["email,remark\n".to_owned()].into_iter().chain((0..300).map(row)).collect();
    visitor.open(&format!("{PORTAL}/invitations/bulk")).await?;
    let page = visitor.send_file("/invitations/bulk", "file", file.as_bytes()).await?;
    assert!(page.status == 200 && page.text.contains("people.csv"), "{page:?}");
    assert!(visitor.at().path().contains("/invitations/bulk/"), "{}", visitor.at());
    Ok(())
}

fn nginx(site: &Site) -> Outcome<Command> {
    let server = site
        .printed("nginx")?
        .replace("/etc/letsencrypt/live/id.example.org/fullchain.pem", &site.file("certificate.pem"))
        .replace("/etc/letsencrypt/live/id.example.org/privkey.pem", &site.file("key.pem"))
        .replace("listen 443 ", &format!("listen 127.0.0.1:{} ", site.port))
        .replace("server_name id.example.org", "server_name localhost");
    assert!(!server.contains("example.org"), "{server}");
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = kinds.map(|kind| format!("{kind}_temp_path {};\n", site.file(kind))).concat();
    let (pid, log) = (site.file("nginx.pid"), site.file("nginx.log"));
    let text = format!(
        "daemon off;\nmaster_process off;\npid {pid};\nerror_log {log};\nevents {{}}\n\
         http {{\naccess_log off;\n{paths}{server}\n}}\n"
    );
    let mut command = Command::new("nginx");
    command.arg("-c").arg(site.installation.write("nginx.conf", &text)?).arg("-e").arg(log);
    Ok(command)
}

fn caddy(site: &Site) -> Outcome<Command> {
    // Without a name of the Internet there is no certificate to be had from outside.
    let own = format!("tls {} {}", site.file("certificate.pem"), site.file("key.pem"));
    let named = format!("https://localhost:{} {{\n    {own}", site.port);
    let site_block = site.printed("caddyfile")?.replace("id.example.org {", &named);
    assert!(site_block.contains(&own) && !site_block.contains("example.org"), "{site_block}");
    let text = format!("{{\n    admin off\n    auto_https disable_redirects\n}}\n{site_block}");
    let folder = site.file("");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(site.installation.write("Caddyfile", &text)?);
    command.env("HOME", &folder).env("XDG_DATA_HOME", &folder).env("XDG_CONFIG_HOME", &folder);
    Ok(command)
}

#[tokio::test]
async fn behind_nginx_as_the_manual_sets_it_up() -> Outcome {
    let site = Site::new()?;
    let serving = site.installation.serve().await?;
    let _nginx = Running::start(&mut nginx(&site)?, site.port).await?;
    site.is_served().await?;
    serving.stop().await?;
    Ok(())
}

#[tokio::test]
async fn behind_caddy_as_the_manual_sets_it_up() -> Outcome {
    let site = Site::new()?;
    let serving = site.installation.serve().await?;
    let _caddy = Running::start(&mut caddy(&site)?, site.port).await?;
    site.is_served().await?;
    serving.stop().await?;
    Ok(())
}
