"""Which canister a web request is for (HTTP Gateway Protocol, "Canister ID resolution")."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from local_replica.http.principals import parse_principal

DOMAIN = "localhost"
PARAMETER = "canisterId"


@dataclass(frozen=True, slots=True)
class Destination:
    """A canister, and whether what it answers is verified (not on `raw` domains)."""

    canister_id: bytes
    verify: bool = True


def destination(host: str, url: str, referer: str | None) -> Destination | None:
    """Find the canister in the host, else in the query, else in the page that the request came from."""
    found = _in_host(host) or _in_query(url)
    if found is None and referer is not None:
        found = _in_host(urlsplit(referer).netloc) or _in_query(referer)
    return found


def _in_host(host: str) -> Destination | None:
    labels = host.rpartition(":")[0].split(".") if ":" in host else host.split(".")
    match labels:
        case [label, domain] if domain.lower() == DOMAIN:
            return _named(label, verify=True)
        case [label, "raw", domain] if domain.lower() == DOMAIN:
            return _named(label, verify=False)
    return None


def _in_query(url: str) -> Destination | None:
    named = parse_qs(urlsplit(url).query).get(PARAMETER)
    return _named(named[0], verify=True) if named else None


def _named(label: str, *, verify: bool) -> Destination | None:
    """A canister by the last part of a label; what stands before `--` is for people."""
    try:
        return Destination(parse_principal(label.rsplit("--", maxsplit=1)[-1].lower()), verify)
    except ValueError:
        return None
