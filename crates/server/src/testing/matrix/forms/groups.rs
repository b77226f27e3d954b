//! Groups and who belongs to them.

use super::{Form, ON_PAGE, form};
use crate::audit::Activity::{
    self, AddGroup, AddGroupMember, AddGroupOwner, DeleteGroup, PurgeGroup, RemoveGroupMember, RemoveGroupOwner,
    RestoreGroup, UpdateGroup,
};

const GROUP: &str = "/portal/{tenant}/groups/{group}";

const fn group(
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
) -> Form {
    form("POST /portal/{tenant}/groups/{group}/{part}", page, to, fields, activity)
}

/// In an order in which each can succeed after the one before.
pub(super) const FORMS: &[Form] = &[
    form(
        "POST /portal/{tenant}/groups/new",
        "/portal/{tenant}/groups/new",
        "/portal/{tenant}/groups/new",
        &[("name", "Auditors"), ("rule", "user.userType -eq \"Guest\"")],
        AddGroup,
    ),
    form(
        "POST /portal/{tenant}/groups/{group}/members/picked",
        GROUP,
        "/portal/{tenant}/groups/{group}/members/picked",
        &[("do", "take-out"), ("pick", ON_PAGE), ("sure", "1")],
        RemoveGroupMember,
    ),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-member", &[("member", "holder@contoso.example")], AddGroupMember),
    group(
        "/portal/{tenant}/groups/{group}?ask=remove-member&object={member}",
        "/portal/{tenant}/groups/{group}/remove-member",
        &[("object", ON_PAGE)],
        RemoveGroupMember,
    ),
    group(
        "/portal/{tenant}/groups/{group}?ask=remove-owner&object={member}",
        "/portal/{tenant}/groups/{group}/remove-owner",
        &[("object", ON_PAGE)],
        RemoveGroupOwner,
    ),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-member", &[("member", "holder@contoso.example")], AddGroupMember),
    group(GROUP, "/portal/{tenant}/groups/{group}/add-owner", &[("owner", "holder@contoso.example")], AddGroupOwner),
    group(GROUP, "/portal/{tenant}/groups/{group}/change", &[("name", "Renamed"), ("description", "Who")], UpdateGroup),
    group(
        GROUP,
        "/portal/{tenant}/groups/{group}/rule",
        &[("rule", "user.userType -eq \"Guest\""), ("on", "1")],
        UpdateGroup,
    ),
    group("/portal/{tenant}/groups/{group}?ask=remove", "/portal/{tenant}/groups/{group}/remove", &[], DeleteGroup),
    form(
        "POST /portal/{tenant}/groups/removed/{gone}/restore",
        "/portal/{tenant}/groups/removed",
        "/portal/{tenant}/groups/removed/{gone}/restore",
        &[],
        RestoreGroup,
    ),
    form(
        "POST /portal/{tenant}/groups/picked",
        "/portal/{tenant}/groups/removed",
        "/portal/{tenant}/groups/picked",
        &[("do", "purge"), ("pick", ON_PAGE), ("sure", "1")],
        PurgeGroup,
    ),
];
