//! axe on the page that the browser shows: light, dark, wide, and as narrow as a small phone.

use std::io::Write as _;

use serde::Deserialize;

use crate::browser::{Browser, Scheme, Size};
use crate::{Outcome, required_path};

/// Every rule of WCAG 2.2 A and AA and the best practices. Naming the tags also switches on the rules
/// that axe leaves off by default, such as the target size of 2.2.
const RUN: &str = r"
    const answer = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((results) => answer({ passes: results.passes.length, violations: results.violations.map((violation) => ({
            id: violation.id,
            help: violation.help,
            count: violation.nodes.length,
            nodes: violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
        })) }), (error) => answer({ passes: 0, violations: [{ id: 'axe', help: String(error), count: 0, nodes: [] }] }));
";

/// Colours may change gently; a contrast measured half-way belongs to neither scheme. After two seconds all of them have
/// changed: a browser now and then never says so of an element that it does not draw.
const SETTLE: &str = r"
    const answer = arguments[arguments.length - 1];
    setTimeout(() => answer(true), 2000);
    requestAnimationFrame(() => Promise.allSettled(document.getAnimations().map((one) => one.finished))
        .then(() => answer(true)));
";

/// Whether the page must be scrolled sideways, which WCAG 1.4.10 (reflow) forbids at 320 px and axe does not test.
///
/// Null, or by how much the page is wider than the window, and the innermost element that reaches farthest.
const OVERFLOW: &str = r"
    const window_width = document.documentElement.clientWidth;
    const excess = document.documentElement.scrollWidth - window_width;
    if (excess <= 0) return null;
    let farthest = window_width, culprit = document.body;
    for (const element of document.body.querySelectorAll('*')) {
        if (element.closest('.scroll')) continue;
        const box = element.getBoundingClientRect();
        const reach = Math.max(box.right, window_width - box.left);
        if (box.width > 0 && reach >= farthest) { farthest = reach; culprit = element; }
    }
    return `${excess} px wider than the window: ${culprit.outerHTML.slice(0, 120)}`;";

/// Which page this is; pages of others have no name.
const NAME: &str = "return document.body.dataset.page || null;";

#[derive(Debug, Deserialize)]
struct Report {
    passes: usize,
    violations: Vec<Violation>,
}

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// axe's name of the rule.
    pub id: String,
    /// What it asks for.
    pub help: String,
    /// How many elements break it.
    pub count: usize,
    /// The beginnings of the first of them.
    pub nodes: Vec<String>,
}

/// Writes down that axe has seen this page; `cargo xtask test` compares the notes with the pages there are.
async fn note(browser: &Browser) -> Outcome {
    let Some(file) = std::env::var_os("VESTIBULE_PAGES_SEEN") else { return Ok(()) };
    let page: Option<String> = browser.driver.execute(NAME, Vec::new()).await?.convert()?;
    if let Some(page) = page {
        writeln!(std::fs::OpenOptions::new().append(true).create(true).open(file)?, "{page}")?;
    }
    Ok(())
}

/// Brings axe into the page, where it stays until another page is opened.
async fn bring_axe(browser: &Browser) -> Outcome {
    let file = required_path("VESTIBULE_AXE")?;
    let axe = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    // The policy of our pages forbids inline scripts; what WebDriver executes is not subject to it.
    browser.driver.execute(axe, Vec::new()).await?;
    Ok(())
}

/// Runs axe on the page as it is shown now.
pub async fn violations(browser: &Browser) -> Outcome<Vec<Violation>> {
    bring_axe(browser).await?;
    found(browser).await
}

/// The same where axe is already.
async fn found(browser: &Browser) -> Outcome<Vec<Violation>> {
    let report: Report = browser.driver.execute_async(RUN, Vec::new()).await?.convert()?;
    if report.passes == 0 && report.violations.is_empty() {
        return Err("axe checked nothing".into());
    }
    Ok(report.violations)
}

/// Runs axe light and dark, wide and narrow, takes a picture of each, and refuses any violation.
pub async fn accept_page(browser: &Browser, name: &str) -> Outcome {
    note(browser).await?;
    bring_axe(browser).await?;
    let mut complaints = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        for size in [Size::DESKTOP, Size::NARROW] {
            browser.show_still(scheme, size).await?;
            browser.driver.execute_async(SETTLE, Vec::new()).await?;
            let view = format!("{name}-{}-{scheme}-{}", browser.language, size.width);
            browser.screenshot(&view).await?;
            let broken = found(browser).await?;
            complaints.extend(broken.iter().map(|violation| format!("{view}: {violation:?}")));
            let overflow: Option<String> = browser.driver.execute(OVERFLOW, Vec::new()).await?.convert()?;
            complaints.extend(overflow.map(|excess| format!("{view}: {excess}")));
        }
    }
    browser.show_as(Scheme::Light, Size::DESKTOP).await?;
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// Opens an address and has the page looked at; refuses another page than this. What follows ` as ` in the name tells
/// states of one page apart.
pub async fn look(browser: &Browser, name: &str, url: &str) -> Outcome {
    browser.open(url).await?;
    stands_at(browser, name).await
}

/// Has the page looked at where the browser stands; refuses another page than this.
pub async fn stands_at(browser: &Browser, name: &str) -> Outcome {
    let told = |error| format!("{name}: {error}");
    let page = name.split(" as ").next().unwrap_or_default();
    browser.find(&format!("body[data-page='{page}']")).await.map_err(told)?;
    let file = name.rsplit('/').next().unwrap_or_default().replace(' ', "-");
    Ok(accept_page(browser, &file).await.map_err(told)?)
}
