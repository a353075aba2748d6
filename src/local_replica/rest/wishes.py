"""What an instance is asked to be made of (the body of POST /instances)."""

from dataclasses import dataclass

from local_replica.config import START_OF_TIME_NS, ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.rest.errors import CreationError
from local_replica.rest.fields import Fields

_SINGLE = {
    "nns": SubnetKind.NNS,
    "sns": SubnetKind.SNS,
    "ii": SubnetKind.II,
    "fiduciary": SubnetKind.FIDUCIARY,
    "bitcoin": SubnetKind.BITCOIN,
}
_LISTS = {
    "system": SubnetKind.SYSTEM,
    "application": SubnetKind.APPLICATION,
    "verified_application": SubnetKind.VERIFIED_APPLICATION,
}
_FEATURES = (
    "registry",
    "cycles_minting",
    "icp_token",
    "cycles_token",
    "nns_governance",
    "sns",
    "ii",
    "nns_ui",
    "bitcoin",
    "dogecoin",
    "canister_migration",
)
_FLAGS = ("Disabled", "Enabled")
_DEFAULT = ("DefaultConfig",)
_INSTRUCTIONS = ("Production", "Benchmarking")
_CONFIG = ("beta_features", "canister_backtrace", "function_name_length_limits", "canister_execution_rate_limiting")
_LOG_LEVELS = ("trace", "debug", "info", "warn", "warning", "error", "critical", "off")


@dataclass(frozen=True, slots=True)
class GatewayWish:
    """An HTTP gateway to open; port 0 is any free one."""

    address: str | None = None
    port: int = 0
    domains: tuple[str, ...] | None = None
    https: "HttpsWish | None" = None


@dataclass(frozen=True, slots=True)
class HttpsWish:
    """Where the certificate chain and the key of a gateway lie (PEM)."""

    cert_path: str
    key_path: str


@dataclass(frozen=True, slots=True)
class Wish:
    """An instance to create. `state_dir` keeps its state on disk; `auto_progress` starts it in real time."""

    config: ReplicaConfig
    state_dir: str | None = None
    auto_progress: bool = False
    delay_ms: int = 0
    """Between blocks that are made by themselves."""
    gateway: GatewayWish | None = None


def read_wish(body: bytes) -> Wish:
    """Read the body of POST /instances. Raises BodyError, CreationError."""
    fields = Fields.of(body)
    subnets = _read_subnets(fields.object("subnet_config_set", "struct ExtendedSubnetConfigSet"))
    if fields.has("log_level") and fields.string("log_level").lower() not in _LOG_LEVELS:
        raise CreationError("Failed to parse log level: ()")
    disabled = _read_flags(fields)
    time, delay_ms = _read_time(fields)
    if not subnets:
        raise CreationError(
            'Subnet config failed to validate: "ExtendedSubnetConfigSet must contain at least one subnet"'
        )
    state_dir = fields.string("state_dir") if fields.has("state_dir") else None
    _refuse_features(fields)
    gateway = None
    if fields.has("http_gateway_config"):
        gateway = read_gateway(fields.object("http_gateway_config", "struct InstanceHttpGatewayConfig"))
    config = ReplicaConfig(
        subnets=tuple(subnets),
        initial_time_ns=time,
        backtraces="canister_backtrace" not in disabled,
        rate_limiting="canister_execution_rate_limiting" not in disabled,
    )
    return Wish(config, state_dir, delay_ms is not None, delay_ms or 0, gateway)


def read_gateway(fields: Fields) -> GatewayWish:
    """Read where a gateway is to listen, and under which domains. Raises BodyError, CreationError."""
    https = None
    if fields.has("https_config"):
        paths = fields.object("https_config", "struct HttpsConfig")
        https = HttpsWish(paths.string("cert_path"), paths.string("key_path"))
    return GatewayWish(
        fields.string("ip_addr") if fields.has("ip_addr") else None,
        fields.u16("port") if fields.has("port") else 0,
        fields.strings("domains") if fields.has("domains") else None,
        https,
    )


def _read_flags(fields: Fields) -> set[str]:
    """What of the mainnet's configuration is switched off. Raises BodyError for values that are no flags."""
    if fields.has("incomplete_state"):
        fields.variant("incomplete_state", _FLAGS, _FLAGS)
    if not fields.has("icp_config"):
        return set()
    flags = fields.object("icp_config", "struct IcpConfig")
    return {name for name in _CONFIG if flags.has(name) and flags.variant(name, _FLAGS, _FLAGS)[0] == "Disabled"}


def _refuse_features(fields: Fields) -> None:
    """System canisters come with a genuine PocketIC only; to leave them out unsaid would be worse."""
    if fields.has("icp_features"):
        wanted = fields.object("icp_features", "struct IcpFeatures")
        named = [name for name in _FEATURES if wanted.has(name) and wanted.variant(name, _DEFAULT, _DEFAULT)]
        if named:
            raise CreationError(f"a local replica has no system canisters: {', '.join(named)}")


def _read_subnets(wanted: Fields) -> list[SubnetConfig]:
    wanted.require(_LISTS)
    subnets = [
        _read_subnet(kind, wanted.object(name, "struct SubnetSpec"))
        for name, kind in _SINGLE.items()
        if wanted.has(name)
    ]
    for name, kind in _LISTS.items():
        subnets += wanted.list(name, lambda each, kind=kind: _read_subnet(kind, each))  # type: ignore[misc] # bound now
    return subnets


def _read_subnet(kind: SubnetKind, fields: Fields) -> SubnetConfig:
    state, _ = fields.variant("state_config", ("New", "FromPath", "FromBlobStore"), ("New",))
    instructions, _ = fields.variant("instruction_config", _INSTRUCTIONS, _INSTRUCTIONS)
    if state != "New":
        raise CreationError(f"SubnetStateConfig::{state} is not yet implemented")
    return SubnetConfig(kind, benchmarking=instructions == "Benchmarking")


def _read_time(fields: Fields) -> tuple[int, int | None]:
    """The time to start at, and the delay (ms) between blocks that the instance makes by itself, None for none."""
    if not fields.has("initial_time"):
        return START_OF_TIME_NS, None
    choice, payload = fields.variant("initial_time", ("Timestamp", "AutoProgress"))
    if choice == "AutoProgress" or payload is None:
        given = None if payload is None else payload.object("AutoProgress", "struct AutoProgressConfig")
        is_delayed = given is not None and given.has("artificial_delay_ms")
        return START_OF_TIME_NS, given.u64("artificial_delay_ms") if given is not None and is_delayed else 0
    time = payload.object("Timestamp", "struct RawTime").u64("nanos_since_epoch")
    if time < START_OF_TIME_NS:
        raise CreationError(
            "The initial timestamp (unix timestamp in nanoseconds) must be no earlier than "
            f"{START_OF_TIME_NS} (provided {time})."
        )
    return time, None
