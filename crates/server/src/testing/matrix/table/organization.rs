//! The organisation, its domains and its looks.

use super::enough::{
    CHANGE_BRANDING, CHANGE_DOMAINS, CHANGE_ORGANIZATION, READ_BRANDING, READ_DOMAINS, READ_ORGANIZATION,
};
use super::{EVERYBODY, GLOBAL, MEMBERS, Row, row};

/// Who may call what.
pub const API: &[Row] = &[
    row("GET /v1.0/domains", MEMBERS, READ_DOMAINS),
    row("POST /v1.0/domains", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/domains/{domain}", MEMBERS, READ_DOMAINS),
    row("PATCH /v1.0/domains/{domain}", GLOBAL, CHANGE_DOMAINS),
    row("DELETE /v1.0/domains/{domain}", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/domains/{domain}/domainNameReferences", MEMBERS, READ_DOMAINS),
    row("GET /v1.0/domains/{domain}/verificationDnsRecords", GLOBAL, READ_DOMAINS),
    row("POST /v1.0/domains/{domain}/verify", GLOBAL, CHANGE_DOMAINS),
    row("GET /v1.0/organization", EVERYBODY, READ_ORGANIZATION),
    row("GET /v1.0/organization/{organization}", EVERYBODY, READ_ORGANIZATION),
    row("PATCH /v1.0/organization/{organization}", GLOBAL, CHANGE_ORGANIZATION),
    row("GET /v1.0/organization/{organization}/branding", EVERYBODY, READ_BRANDING),
    row("PATCH /v1.0/organization/{organization}/branding", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/{image}", EVERYBODY, READ_BRANDING),
    row("PUT /v1.0/organization/{organization}/branding/{image}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/{image}", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations", EVERYBODY, READ_BRANDING),
    row("POST /v1.0/organization/{organization}/branding/localizations", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations/{locale}", EVERYBODY, READ_BRANDING),
    row("PATCH /v1.0/organization/{organization}/branding/localizations/{locale}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}", GLOBAL, CHANGE_BRANDING),
    row("GET /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", EVERYBODY, READ_BRANDING),
    row("PUT /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", GLOBAL, CHANGE_BRANDING),
    row("DELETE /v1.0/organization/{organization}/branding/localizations/{locale}/{image}", GLOBAL, CHANGE_BRANDING),
    row("GET /vestibule/v1/organization", EVERYBODY, READ_ORGANIZATION),
    row("PATCH /vestibule/v1/organization", GLOBAL, CHANGE_ORGANIZATION),
];
