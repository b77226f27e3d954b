//! What the DNS says about the domain our mail comes from: who may send for it (SPF, RFC 7208), whose signature counts
//! (DKIM, RFC 6376), and what a receiver does with the rest (DMARC, RFC 7489).

use super::{Finding, Wishes};
use crate::config::Settings;
use crate::platform::dns::{Dns, Published};
use hickory_resolver::net::NetError;

const SPF: &str = "spf";
const DKIM: &str = "dkim";
const DMARC: &str = "dmarc";

fn texts_with<'p>(published: &'p Published, mark: &str) -> Vec<&'p str> {
    let Published::Texts(texts) = published else { return Vec::new() };
    let marked = |text: &&str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    texts.iter().map(String::as_str).filter(marked).collect()
}

pub(super) async fn examine(settings: &Settings, wishes: &Wishes) -> Vec<Finding> {
    let domain = settings.mail.from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let dns = match Dns::new(wishes.nameserver) {
        Ok(dns) => dns,
        Err(error) => return vec![unknown("dns", domain, &error)],
    };
    vec![
        spf(&dns, domain).await.unwrap_or_else(|error| unknown(SPF, domain, &error)),
        dkim(&dns, domain, wishes.dkim_selector.as_deref()).await.unwrap_or_else(|error| unknown(DKIM, domain, &error)),
        dmarc(&dns, domain).await.unwrap_or_else(|error| unknown(DMARC, domain, &error)),
    ]
}

fn unknown(about: &'static str, domain: &str, error: &NetError) -> Finding {
    let means = format!("What the DNS says about {domain} could not be asked: {error}.");
    Finding::warning(about, means, "Look at /etc/resolv.conf, or name a DNS server with --nameserver.")
}

async fn spf(dns: &Dns, domain: &str) -> Result<Finding, NetError> {
    let found = dns.texts(domain).await?;
    let records: Vec<&str> = texts_with(&found, "v=spf1")
        .into_iter()
        .filter(|text| matches!(text.as_bytes().get(6), None | Some(b' ')))
        .collect();
    Ok(match records[..] {
        [] => Finding::failure(
            SPF,
            format!("{domain} does not say who may send mail for it, so invitations are taken for spam."),
            format!("Publish a TXT record at {domain} that names the relay, such as \"v=spf1 include:RELAY -all\"."),
        ),
        [record] => judge_spf(domain, record),
        _ => Finding::failure(
            SPF,
            format!("{domain} has {} SPF records, and receivers then use none of them.", records.len()),
            "Join them into one.",
        ),
    })
}

fn judge_spf(domain: &str, record: &str) -> Finding {
    let words: Vec<String> = record.split_whitespace().map(str::to_ascii_lowercase).collect();
    let ends = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    if ends(&["all", "+all"]) {
        let means = format!("The SPF record of {domain} lets everybody send in its name: {record}");
        return Finding::failure(SPF, means, "End it with -all.");
    }
    let means = format!("{domain} says who may send for it: {record}");
    if ends(&["-all", "~all"]) || words.iter().any(|word| word.starts_with("redirect=")) {
        return Finding::ok(SPF, format!("{means} (that the relay is among them shows a test mail)"));
    }
    Finding::warning(SPF, format!("{means}, and nothing about the others."), "End it with -all or ~all.")
}

async fn dkim(dns: &Dns, domain: &str, selector: Option<&str>) -> Result<Finding, NetError> {
    let Some(selector) = selector else {
        return Ok(match dns.texts(&format!("_domainkey.{domain}")).await? {
            Published::NoName => Finding::failure(
                DKIM,
                format!("{domain} publishes no key, so no signature of the relay counts."),
                "Turn on signing (DKIM) at the relay, and publish the record it shows.",
            ),
            Published::NoText | Published::Texts(_) => Finding::warning(
                DKIM,
                format!("{domain} publishes keys for signatures; which of them the relay uses is not known here."),
                "Look again with --dkim-selector NAME; the relay's settings, or s= in a mail it signed, show the name.",
            ),
        });
    };
    let name = format!("{selector}._domainkey.{domain}");
    let found = dns.texts(&name).await?;
    // The version is optional; the key is not (RFC 6376 section 3.6.1).
    let key = match &found {
        Published::Texts(texts) => texts.iter().find_map(|text| tag(text, "p")),
        Published::NoText | Published::NoName => None,
    };
    Ok(match key {
        None => Finding::failure(
            DKIM,
            format!("There is no key at {name}, so the relay's signatures count for nothing."),
            "Publish the TXT record that the relay shows.",
        ),
        Some("") => Finding::failure(
            DKIM,
            format!("The key at {name} is revoked (p= is empty), so signatures with it fail."),
            "Let the relay sign with its present key, and publish that one.",
        ),
        Some(_) => Finding::ok(DKIM, format!("There is a key at {name} to check the relay's signatures with.")),
    })
}

/// Looks at the domain, then at those above it, as far as a domain that somebody can own (two labels).
async fn dmarc(dns: &Dns, domain: &str) -> Result<Finding, NetError> {
    let mut name = domain;
    loop {
        let found = dns.texts(&format!("_dmarc.{name}")).await?;
        match texts_with(&found, "v=DMARC1")[..] {
            [] => {}
            [record] => return Ok(judge_dmarc(name, name == domain, record)),
            _ => {
                let means = format!("There are several DMARC records at _dmarc.{name}, and receivers then use none.");
                return Ok(Finding::failure(DMARC, means, "Leave one."));
            }
        }
        match name.split_once('.') {
            Some((_, above)) if above.contains('.') => name = above,
            _ => break,
        }
    }
    Ok(Finding::warning(
        DMARC,
        format!(
            "{domain} does not say what happens to mail in its name that is forged; large providers then trust it less."
        ),
        format!("Publish a TXT record at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:..\", later p=quarantine."),
    ))
}

fn judge_dmarc(name: &str, own: bool, record: &str) -> Finding {
    let policy = if own { tag(record, "p") } else { tag(record, "sp").or_else(|| tag(record, "p")) };
    match policy.map(str::to_ascii_lowercase).as_deref() {
        Some("reject" | "quarantine") => Finding::ok(DMARC, format!("_dmarc.{name} protects the domain: {record}")),
        Some("none") => Finding::warning(
            DMARC,
            format!("_dmarc.{name} lets forged mail through and only reports it: {record}"),
            "When the reports show that your own mail passes, go on to p=quarantine.",
        ),
        _ => Finding::failure(DMARC, format!("_dmarc.{name} has no policy that exists: {record}"), "Set p=quarantine."),
    }
}

/// The value of a tag in `a=b; c=d` (RFC 6376 section 3.2).
fn tag<'t>(record: &'t str, name: &str) -> Option<&'t str> {
    record.split(';').filter_map(|pair| pair.split_once('=')).find(|(tag, _)| tag.trim() == name).map(|(_, v)| v.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict::{Failure, Ok, Warning};

    #[test]
    fn an_spf_record_is_as_good_as_its_end() {
        let verdict = |record| judge_spf("contoso.example", record).verdict;
        assert_eq!(verdict("v=spf1 include:relay.example -all"), Ok);
        assert_eq!(verdict("v=spf1 redirect=_spf.relay.example"), Ok);
        assert_eq!(verdict("v=spf1 mx ?all"), Warning);
        assert_eq!(verdict("v=spf1 ALL"), Failure);
    }

    #[test]
    fn a_domain_below_another_goes_by_the_policy_for_those_below() {
        let record = "v=DMARC1; p=none; sp=reject";
        assert_eq!(judge_dmarc("contoso.example", false, record).verdict, Ok);
        assert_eq!(judge_dmarc("contoso.example", true, record).verdict, Warning);
        assert_eq!(judge_dmarc("contoso.example", true, "v=DMARC1; q=none").verdict, Failure);
    }
}
