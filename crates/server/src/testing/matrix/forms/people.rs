//! Mail, jobs, subscriptions, invitations and people.

use super::{Form, HELD, LEAVE, ON_PAGE, PHOTO, UPLOAD, form};
use crate::audit::Activity::{
    self, AddRoleMember, AddUser, ConvertToExternal, DeleteExternalUser, DeleteSubscription, DisableAccount,
    EnableAccount, InviteExternalUser, RemoveRoleMember, ResetPassword, ResetRedemption, RestoreUser, RetryMail,
    RevokeExternalUserInvite, RevokeSessions, SendBulkInvite, StartBulkInvite, StopBulkInvite, UpdateSubscription,
    UpdateUser,
};

const BULK: &str = "/portal/{tenant}/invitations/bulk/{id}";
const JOBS: &str = "/portal/{tenant}/jobs";
const EDIT: &str = "/portal/{tenant}/users/{user}/edit";
const PASSWORD: &str = "/portal/{tenant}/users/{member}/password";
const CONVERT: &str = "/portal/{tenant}/users/{member}/convert";

/// A question about a user: the page and the form have one address.
const fn user(address: &'static str, activity: Activity) -> Form {
    form("POST /portal/{tenant}/users/{id}/{action}", address, address, &[], activity)
}

/// Takes one sponsor of the guest away.
const fn without_sponsor() -> Form {
    const PAGE: &str = "/portal/{tenant}/users/{user}/relations";
    let fields = &[("do", "remove-sponsor"), ("sponsor", ON_PAGE)];
    form("POST /portal/{tenant}/users/{id}/relations", PAGE, PAGE, fields, UpdateUser)
}

/// In an order in which each can succeed after the one before.
pub(super) const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/mail/{id}/retry",
        "/portal/{tenant}/mail",
        "/portal/{tenant}/mail/{id}/retry",
        &[],
        RetryMail,
    ),
    form("POST /portal/{tenant}/jobs/retry", JOBS, "/portal/{tenant}/jobs/retry", &[], RetryMail),
    form("POST /portal/{tenant}/jobs/{id}/retry", JOBS, "/portal/{tenant}/jobs/{id}/retry", &[], RetryMail),
    form(
        "POST /portal/{tenant}/subscriptions/{subscription}/renew",
        "/portal/{tenant}/subscriptions",
        "/portal/{tenant}/subscriptions/{subscription}/renew",
        &[],
        UpdateSubscription,
    ),
    form(
        "POST /portal/{tenant}/subscriptions/{subscription}/end",
        "/portal/{tenant}/subscriptions?ask={subscription}",
        "/portal/{tenant}/subscriptions/{subscription}/end",
        &[],
        DeleteSubscription,
    ),
    form(
        "POST /portal/{tenant}/invitations/bulk/{id}/start",
        BULK,
        "/portal/{tenant}/invitations/bulk/{id}/start",
        &[],
        StartBulkInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/bulk/{id}/stop",
        BULK,
        "/portal/{tenant}/invitations/bulk/{id}/stop",
        &[],
        StopBulkInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/bulk",
        UPLOAD,
        UPLOAD,
        &[("send", "yes"), ("list", "new@partner.example")],
        SendBulkInvite,
    ),
    user("/portal/{tenant}/users/{user}/resend", InviteExternalUser),
    form(
        "POST /portal/{tenant}/invitations/{id}/resend",
        "/portal/{tenant}/invitations/{id}?ask=resend",
        "/portal/{tenant}/invitations/{id}/resend",
        &[],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/resend-held",
        "/portal/{tenant}/invitations?state=heldByRestore&ask=resend-held",
        HELD,
        &[],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/{id}/revoke",
        "/portal/{tenant}/invitations/{id}?ask=revoke",
        "/portal/{tenant}/invitations/{id}/revoke",
        &[],
        RevokeExternalUserInvite,
    ),
    form(
        "POST /portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        &[("email", "guest@partner-of-contoso.example")],
        InviteExternalUser,
    ),
    user("/portal/{tenant}/users/{user}/withdraw", RevokeExternalUserInvite),
    form(
        "POST /portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        "/portal/{tenant}/invitations/new",
        &[("email", "second@partner-of-contoso.example")],
        InviteExternalUser,
    ),
    form(
        "POST /portal/{tenant}/invitations/picked",
        "/portal/{tenant}/invitations?state=notSent",
        "/portal/{tenant}/invitations/picked",
        &[("do", "withdraw"), ("pick", ON_PAGE), ("sure", "1")],
        RevokeExternalUserInvite,
    ),
    form(
        "POST /portal/{tenant}/users/new",
        "/portal/{tenant}/users/new",
        "/portal/{tenant}/users/new",
        &[("name", "New"), ("address", "brandnew@contoso.example"), ("password", "correct horse battery")],
        AddUser,
    ),
    form(
        "POST /portal/{tenant}/users/{id}/relations",
        "/portal/{tenant}/users/{user}/relations",
        "/portal/{tenant}/users/{user}/relations",
        &[("do", "set-manager"), ("manager", "logged@contoso.example")],
        UpdateUser,
    ),
    form("POST /portal/{tenant}/users/{id}/edit", EDIT, EDIT, &[("jobTitle", "Auditor")], UpdateUser),
    form("POST /portal/{tenant}/users/{id}/photo", EDIT, PHOTO, &[("without", "1")], UpdateUser),
    form(
        "POST /portal/{tenant}/users/{id}/password",
        PASSWORD,
        PASSWORD,
        &[("password", "correct horse battery"), ("change", "1")],
        ResetPassword,
    ),
    form(
        "POST /portal/{tenant}/users/{id}/reset",
        "/portal/{tenant}/users/{user}/reset",
        "/portal/{tenant}/users/{user}/reset",
        &[("address", "guest@partner-of-contoso.example")],
        ResetRedemption,
    ),
    without_sponsor(),
    without_sponsor(),
    form(
        "POST /portal/{tenant}/users/without-sponsor",
        "/portal/{tenant}/users/without-sponsor",
        "/portal/{tenant}/users/without-sponsor",
        &[("guest", ON_PAGE), ("sponsor", "holder@contoso.example")],
        UpdateUser,
    ),
    form(
        "POST /portal/{tenant}/users/removed/{removed}/restore",
        "/portal/{tenant}/users/removed",
        "/portal/{tenant}/users/removed/{removed}/restore",
        &[],
        RestoreUser,
    ),
    user("/portal/{tenant}/users/{member}/block", DisableAccount),
    user("/portal/{tenant}/users/{member}/unblock", EnableAccount),
    user("/portal/{tenant}/users/{member}/sign-out", RevokeSessions),
    form(
        "POST /portal/{tenant}/users/picked",
        "/portal/{tenant}/users?q=holder",
        "/portal/{tenant}/users/picked",
        &[("do", "sign-out"), ("pick", ON_PAGE), ("sure", "1")],
        RevokeSessions,
    ),
    user("/portal/{tenant}/users/{member}/take-guest-inviter", RemoveRoleMember),
    user("/portal/{tenant}/users/{member}/give-guest-inviter", AddRoleMember),
    user("/portal/{tenant}/users/{member}/give-user-administrator", AddRoleMember),
    user("/portal/{tenant}/users/{member}/take-user-administrator", RemoveRoleMember),
    user("/portal/{tenant}/users/{member}/give-global-administrator", AddRoleMember),
    user("/portal/{tenant}/users/{member}/take-global-administrator", RemoveRoleMember),
];

/// What comes when nothing more is asked of the guest and of the member.
pub(super) const LEAVING: &[Form] = &[
    user("/portal/{tenant}/users/{user}/remove", DeleteExternalUser),
    form(
        "POST /portal/{tenant}/users/{id}/convert",
        CONVERT,
        CONVERT,
        &[("address", "holder@outside.example")],
        ConvertToExternal,
    ),
    form("POST /myapps/{tenant}/leave", LEAVE, LEAVE, &[], DeleteExternalUser),
];
