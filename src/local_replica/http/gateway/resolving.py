"""Which canister a web request is for (HTTP Gateway Protocol, "Canister ID resolution")."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from local_replica.http.principals import parse_principal

DOMAIN = "localhost"
PARAMETER = "canisterId"
MAX_PARAMETERS = 1000
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Destination:
    """A canister, and whether what it answers is verified (not on `raw` domains)."""

    canister_id: bytes
    verify: bool = True


def destination(host: str, url: str, referer: str | None, domains: tuple[str, ...] = (DOMAIN,)) -> Destination | None:
    """Find the canister in the host, else in the query, else in the page that the request came from."""
    found = _in_host(host, domains) or _in_query(url.partition("?")[2])
    if found is None and referer is not None:
        try:
            page = urlsplit(referer)
        except ValueError:
            return None
        found = _in_host(page.netloc, domains) or _in_query(page.query)
    return found


def is_name(host: str) -> bool:
    """Whether a host, with or without a port, is a domain name or an address."""
    name = _name_of(host)
    return _NAME.fullmatch(name) is not None or _is_loopback(name)


def is_served(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of `domains`, beneath one, or a loopback address."""
    name = _name_of(host)
    return _is_loopback(name) or any(f".{name}".endswith(f".{domain.lower()}") for domain in domains)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _name_of(host: str) -> str:
    """A host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _in_host(host: str, domains: tuple[str, ...]) -> Destination | None:
    """`<canister>.<domain>`, or `<canister>.raw.<domain>`, with or without a port."""
    name = _name_of(host)
    for domain in domains:
        label, dot, rest = name.removesuffix(f".{domain.lower()}").partition(".")
        if name.endswith(f".{domain.lower()}") and rest in ("", "raw"):
            return _named(label, verify=not dot)
    return None


def _in_query(query: str) -> Destination | None:
    try:
        named = parse_qs(query, max_num_fields=MAX_PARAMETERS).get(PARAMETER)
    except ValueError:
        return None
    return _named(named[0], verify=True) if named else None


def _named(label: str, *, verify: bool) -> Destination | None:
    """A canister by the last part of a label; what stands before `--` is for people."""
    try:
        return Destination(parse_principal(label.rsplit("--", maxsplit=1)[-1].lower()), verify)
    except ValueError:
        return None
