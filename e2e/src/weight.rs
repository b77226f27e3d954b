//! What a page costs: bytes over the wire and requests to strangers.

use serde::Deserialize;

use crate::Outcome;
use crate::browser::Browser;

/// The most a page may weigh, with everything it loads.
pub const LIMIT: u64 = 60 * 1024;

/// The browser's own accounting. A part from the cache has a transfer size of nought but its body still counts:
/// a page may not become light only because an earlier one was heavy.
const MEASURE: &str = r"
    const parts = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return {
        bytes: parts.reduce((sum, part) => sum + Math.max(part.transferSize, part.encodedBodySize), 0),
        strangers: parts.map((part) => part.name).filter((name) => new URL(name).origin !== location.origin),
    };
";

/// The weight of one page.
#[derive(Debug, Deserialize)]
pub struct Weight {
    /// Page and parts, compressed as they travelled.
    pub bytes: u64,
    /// Addresses of parts that came from another origin.
    pub strangers: Vec<String>,
}

impl Weight {
    /// Weighs the page that the browser shows.
    pub async fn of(browser: &Browser) -> Outcome<Self> {
        Ok(browser.driver.execute(MEASURE, Vec::new()).await?.convert()?)
    }

    /// Refuses a page that is too heavy or calls strangers.
    pub fn accept(&self) -> Outcome {
        if self.bytes == 0 {
            Err("nothing was weighed".into())
        } else if self.bytes > LIMIT {
            Err(format!("{} bytes, more than {LIMIT}", self.bytes).into())
        } else if self.strangers.is_empty() {
            Ok(())
        } else {
            Err(format!("requests to strangers: {:?}", self.strangers).into())
        }
    }
}
