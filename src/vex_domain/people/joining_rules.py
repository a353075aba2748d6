"""How people come to an organisation: by invitation, by asking from a mail domain of its, or freely."""

from vex_domain.refusals import Invalid, TooLarge
from vex_domain.text_rules import check_line

INVITATION = "invitation"
DOMAIN = "domain"
OPEN = "open"
WAYS = (INVITATION, DOMAIN, OPEN)
DOMAINS_MOST = 8
DOMAIN_BYTES = 64
DOMAIN_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."

EMAIL_BYTES = 254


def check_email(email: str) -> None:
    """An address of at most 254 bytes with something on both sides of one `@`. Raises Invalid, TooLarge."""
    check_line("email", email, EMAIL_BYTES, EMAIL_BYTES)
    before, at, domain = email.partition("@")
    if not before or not at or not domain or " " in email:
        raise Invalid("email", "is not an address")


def domain_of(email: str | None) -> str:
    """What follows the last `@`, in lower case; empty without one."""
    return "" if email is None or "@" not in email else email.rpartition("@")[2].lower()


def check_domains(domains: list[str]) -> None:
    """Mail domains as they are compared: lower case, ASCII (a confusable name is another name), with an inner dot.

    Raises Invalid, TooLarge.
    """
    if len(domains) > DOMAINS_MOST:
        raise TooLarge("domains", DOMAINS_MOST, len(domains))
    if len(set(domains)) != len(domains):
        raise Invalid("domains", "has one twice")
    for domain in domains:
        if len(domain) > DOMAIN_BYTES:
            raise TooLarge("domains", DOMAIN_BYTES, len(domain))
        labels = domain.split(".")
        wrong_letter = any(letter not in DOMAIN_LETTERS for letter in domain)
        if wrong_letter or len(labels) < 2 or any(not label or label[0] == "-" or label[-1] == "-" for label in labels):
            raise Invalid("domains", "name one that is no lower-case mail domain")


def check_policy(joining: str, domains: list[str]) -> None:
    """Raises Invalid, TooLarge."""
    if joining not in WAYS:
        raise Invalid("joining", "is not one of " + ", ".join(WAYS))
    check_domains(domains)
    if joining == DOMAIN and not domains:
        raise Invalid("domains", "are needed to join by domain")


def way_in(joining: str, domains: list[str], email: str | None) -> str | None:
    """What happens to somebody who wants to join uninvited: OPEN lets them in, DOMAIN lets them ask, None neither.

    An address that a person has typed proves nothing: its domain only decides who may ask.
    """
    if joining == OPEN:
        return OPEN
    if joining == DOMAIN and domain_of(email) in domains:
        return DOMAIN
    return None
