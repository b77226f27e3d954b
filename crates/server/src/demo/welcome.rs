//! What the terminal shows: where to go, whom to sign in as, what to try first.

use super::contract::{Contract, Tenant};
use super::directory::Directory;
use crate::command;

/// Prints the way in.
pub(super) fn print(contract: &Contract, directory: &Directory) {
    command::say(format_args!("{}", text(contract, directory)));
}

fn text(contract: &Contract, directory: &Directory) -> String {
    let base = &contract.base_url;
    let mut parts = vec![format!("\nVestibule is ready at {base}\n\nSign in as\n")];
    parts.extend(contract.tenants.iter().map(|tenant| people(base, tenant)));
    parts.push(format!("Mail arrives at {base}{}\n", super::mailbox::PAGE));
    if let [host, home, ..] = contract.tenants.as_slice() {
        parts.push(first_steps(base, host, home));
    }
    parts.extend(contract.ca_certificate.as_ref().map(|authority| {
        let authority = authority.display();
        format!("\nBelieve this certificate authority, in the browser or with SSL_CERT_FILE: {authority}\n")
    }));
    parts.push(format!("\nFor scripts, everything is in {}\n", directory.contract().display()));
    parts.push(format!("Stop with Ctrl-C. `--fresh` starts anew; the data is in {}\n", directory.path().display()));
    parts.concat()
}

fn people(base: &str, tenant: &Tenant) -> String {
    format!(
        "  {name}: {base}/portal/{id}\n    administrator  {}  {}\n    member         {}  {}\n    sample app     {}\n",
        tenant.administrator.upn,
        tenant.administrator.password,
        tenant.member.upn,
        tenant.member.password,
        tenant.app.url,
        name = tenant.name,
        id = tenant.id,
    )
}

fn first_steps(base: &str, host: &Tenant, home: &Tenant) -> String {
    format!(
        "\nTry this first\n  \
         1. Sign in to {name}'s portal as {administrator} and invite {guest} to the sample app:\n     \
         {base}/portal/{id}/invitations/new\n  \
         2. Read the invitation in the mailbox, open its link in a private window, accept, type the code of the second mail:\n     \
         {base}{mailbox}\n  \
         3. Stand in {name}'s app as a guest, then look at what was written down about it:\n     \
         {base}/portal/{id}/changes\n",
        name = host.name,
        id = host.id,
        administrator = host.administrator.upn,
        guest = home.member.upn,
        mailbox = super::mailbox::PAGE,
    )
}
