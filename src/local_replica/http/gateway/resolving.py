"""Which canister a web request is for (HTTP Gateway Protocol, "Canister ID resolution")."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from local_replica.http.principals import parse_principal

DOMAIN = "localhost"
PARAMETER = "canisterId"
MAX_PARAMETERS = 1000


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


def _in_host(host: str, domains: tuple[str, ...]) -> Destination | None:
    """`<canister>.<domain>`, or `<canister>.raw.<domain>`, with or without a port."""
    name = (host.rpartition(":")[0] if ":" in host else host).lower()
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
