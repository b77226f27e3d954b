"""Somebody with a browser that knows cookies, redirects and forms, and nothing else; and the mail they get.

What a person does in a test of programs is done by this, where no page is looked at for its own sake.
"""

import re
import time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

# Seconds until a mail is missed.
PATIENCE = 20

REDIRECTS = 10


class Forms(HTMLParser):
    """The forms of a page that post: where they go, and their hidden fields. Signing out stands outside of `main`."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.is_in_main = self.is_in_form = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "main":
            self.is_in_main = True
        elif tag == "form" and self.is_in_main:
            self.is_in_form = (values.get("method") or "").lower() == "post"
            if self.is_in_form:
                self.found.append((values.get("action") or "", {}))
        elif tag == "input" and self.is_in_form and values.get("type") == "hidden":
            self.found[-1][1][values["name"]] = values.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "main":
            self.is_in_main = False
        elif tag == "form":
            self.is_in_form = False


def origin(address):
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


class Visitor:
    """Follows redirects within the server; one that leads elsewhere ends at `leads_to`."""

    def __init__(self, base_url):
        self.session = requests.Session()
        self.home = origin(base_url)
        self.at, self.status, self.text, self.leads_to = base_url, None, "", None

    def open(self, address):
        return self.go("GET", urljoin(self.at, address))

    def submit(self, ending="", **fields):
        """Sends the first form of the page whose action ends so: its hidden fields, and these."""
        forms = [form for form in Forms(self.text).found if form[0].endswith(ending)]
        assert forms, f"no form to {ending!r} at {self.at}: {self.text}"
        action, hidden = forms[0]
        return self.go("POST", urljoin(self.at, action), {**hidden, **fields})

    def go(self, method, address, fields=None):
        for _ in range(REDIRECTS):
            answer = self.session.request(
                method,
                address,
                data=fields,
                headers={"Sec-Fetch-Site": "same-origin"},
                allow_redirects=False,
                timeout=30,
            )
            self.at, self.status, self.text, self.leads_to = address, answer.status_code, answer.text, None
            if not answer.is_redirect:
                return self
            target = urljoin(address, answer.headers["Location"])
            if origin(target) != self.home:
                self.leads_to = target
                return self
            method, address, fields = "GET", target, None
        raise AssertionError(f"redirected without end, the last time to {address}")


def code_for(mailbox, address):
    """The one-time passcode of the newest mail to an address that holds one; waits for it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = requests.get(mailbox, params={"to": address}, timeout=30)
        answer.raise_for_status()
        for mail in answer.json():
            found = re.search(r"^\s*(\d{4}) ?(\d{4})\s*$", mail["text"], re.MULTILINE)
            if found:
                return "".join(found.groups())
        time.sleep(0.2)
    raise AssertionError(f"no code came to {address}")


def redeem(base_url, mailbox, link, address):
    """Accepts an invitation as whoever reads the mail to this address; the visitor, who is signed in then."""
    visitor = Visitor(base_url)
    visitor.open(link)
    assert visitor.status == 200, visitor.text
    visitor.submit()
    assert visitor.at.endswith("/code"), f"{visitor.at}: {visitor.text}"
    visitor.submit("/code", code=code_for(mailbox, address))
    assert visitor.leads_to, f"{visitor.at}: {visitor.text}"
    return visitor
