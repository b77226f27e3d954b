//! Debian's Chromium behind a chromedriver of its own: fresh profile, no network of its own accord.

use std::fmt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chrome::ChromeCapabilities;
use thirtyfour::prelude::*;
use thirtyfour::support::base64_decode;

use crate::demo::{end, free_port};
use crate::{Outcome, waiting};

const PATIENCE: Duration = Duration::from_secs(15);

/// Where a picture of a long page ends, in CSS pixels.
const TALLEST: u32 = 6000;

/// No display, no sandbox (containers run as root), and nothing that Chromium fetches for itself.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
];

/// The person's choice of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

/// A window, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// A small laptop.
    pub const DESKTOP: Self = Self { width: 1280, height: 900 };
    /// A phone.
    pub const PHONE: Self = Self { width: 375, height: 812 };
    /// The narrowest that WCAG 1.4.10 asks for: 1280 px at 400 %.
    pub const NARROW: Self = Self { width: 320, height: 700 };
}

/// How to start a browser.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether pages may run scripts.
    pub javascript: bool,
    /// The language it asks pages for.
    pub language: &'static str,
    /// Whether it accepts certificates of authorities it does not know, such as the demo's with `--https`.
    pub any_certificate: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { javascript: true, language: "en", any_certificate: false }
    }
}

/// One person's browser. `driver` comes first: its session, and Chromium with it, must end before chromedriver does.
#[derive(Debug)]
pub struct Browser {
    /// The session, for what has no method here.
    pub driver: WebDriver,
    /// The language it asks pages for.
    pub language: &'static str,
    window: Mutex<Size>,
    _chromedriver: Chromedriver,
    _profile: TempDir,
}

impl Browser {
    /// Starts chromedriver and a Chromium with an empty profile, light and of desktop size.
    pub async fn start(options: &Options) -> Outcome<Self> {
        let port = free_port()?;
        let chromedriver = Chromedriver::start(port)?;
        let address = format!("http://127.0.0.1:{port}");
        let profile = TempDir::with_prefix("vestibule-chromium-")?;
        let capabilities = capabilities(options, &profile)?;
        let driver = waiting::until("chromedriver", PATIENCE, async || {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                return Ok(None);
            }
            Ok(Some(WebDriver::new(&address, capabilities.clone()).await?))
        })
        .await?;
        driver.set_script_timeout(Duration::from_mins(1)).await?;
        let (language, window) = (options.language, Mutex::new(Size::DESKTOP));
        let browser = Self { driver, language, window, _chromedriver: chromedriver, _profile: profile };
        browser.show_as(Scheme::Light, Size::DESKTOP).await?;
        // The person looks at this window: without it some versions give no page the focus that a form led to.
        browser.driver.cdp().send_raw("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        Ok(browser)
    }

    /// Ends the session.
    pub async fn quit(self) -> Outcome {
        Ok(self.driver.clone().quit().await?)
    }

    /// Opens an address and waits until the page is loaded.
    pub async fn open(&self, url: &str) -> Outcome {
        Ok(self.driver.goto(url).await?)
    }

    /// The address in the address bar.
    pub async fn url(&self) -> Outcome<String> {
        Ok(self.driver.current_url().await?.to_string())
    }

    /// The text a person can read.
    pub async fn text(&self) -> Outcome<String> {
        Ok(self.driver.find(By::Css("body")).await?.text().await?)
    }

    /// The first element of this CSS selector, waited for; the error tells where the browser stands.
    pub async fn find(&self, selector: &str) -> Outcome<WebElement> {
        let found =
            waiting::until(selector, PATIENCE, async || Ok(self.driver.find(By::Css(selector)).await.ok())).await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(format!("{error}\nat {}:\n{}", self.url().await?, self.text().await?).into()),
        }
    }

    /// Types into an empty field.
    pub async fn fill(&self, selector: &str, text: &str) -> Outcome {
        let field = self.find(selector).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Clicks and waits until another page stands there.
    pub async fn submit(&self, selector: &str) -> Outcome {
        let button = self.find(selector).await?;
        button.click().await?;
        waiting::until("the next page", PATIENCE, async || {
            Ok((!button.is_present().await.unwrap_or(false)).then_some(()))
        })
        .await
    }

    /// Sets colours and window; holds for the pages that follow.
    pub async fn show_as(&self, scheme: Scheme, size: Size) -> Outcome {
        self.emulate(scheme, "no-preference", size).await
    }

    /// The same for somebody who wants nothing to move: colours change at once.
    pub async fn show_still(&self, scheme: Scheme, size: Size) -> Outcome {
        self.emulate(scheme, "reduce", size).await
    }

    async fn emulate(&self, scheme: Scheme, motion: &str, size: Size) -> Outcome {
        let media = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme.to_string()},
            {"name": "prefers-reduced-motion", "value": motion},
        ]});
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", media).await?;
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = size;
        self.set_metrics(size).await
    }

    fn window(&self) -> Size {
        *self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn set_metrics(&self, size: Size) -> Outcome {
        let metrics = json!({
            "width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": false
        });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Takes a picture of the page from top to bottom into the folder of `VESTIBULE_SCREENSHOTS`; without the variable,
    /// none, and none where nobody wants any (`E2E_PICTURES=none`).
    pub async fn screenshot(&self, name: &str) -> Outcome {
        let Some(folder) = std::env::var_os("VESTIBULE_SCREENSHOTS").map(PathBuf::from) else {
            return Ok(());
        };
        if std::env::var("E2E_PICTURES").is_ok_and(|wish| wish == "none") {
            return Ok(());
        }
        std::fs::create_dir_all(&folder)?;
        let metrics = self.driver.cdp().send_raw("Page.getLayoutMetrics", json!({})).await?;
        let content = metrics.pointer("/cssContentSize/height").and_then(serde_json::Value::as_u64);
        let content = content.ok_or_else(|| format!("no height in {metrics}"))?;
        let window = self.window();
        let height = u32::try_from(content)?.clamp(window.height, TALLEST);
        self.set_metrics(Size { height, ..window }).await?;
        // There are more than a thousand pictures: that they are made quickly matters more than that they are small.
        let quickly = json!({ "format": "png", "optimizeForSpeed": true });
        let taken = self.driver.cdp().send_raw("Page.captureScreenshot", quickly).await?;
        let picture = taken["data"].as_str().ok_or("a picture without its data")?;
        std::fs::write(folder.join(format!("{name}.png")), base64_decode(picture)?)?;
        self.set_metrics(window).await
    }
}

fn capabilities(options: &Options, profile: &TempDir) -> Outcome<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in FLAGS {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    capabilities.add_arg(&format!("--lang={}", options.language))?;
    let preferences = json!({"intl.accept_languages": options.language});
    capabilities.add_experimental_option("prefs", preferences)?;
    if options.any_certificate {
        capabilities.accept_insecure_certs(true)?;
    }
    if !options.javascript {
        capabilities.add_arg("--blink-settings=scriptEnabled=false")?;
    }
    Ok(capabilities)
}

#[derive(Debug)]
struct Chromedriver {
    process: Child,
}

impl Chromedriver {
    fn start(port: u16) -> Outcome<Self> {
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("chromedriver (Debian: chromium-driver): {error}"))?;
        Ok(Self { process })
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}
