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
_LOG_LEVELS = ("trace", "debug", "info", "warn", "warning", "error", "critical", "off")


@dataclass(frozen=True, slots=True)
class GatewayWish:
    """An HTTP gateway to open; port 0 is any free one."""

    address: str | None = None
    port: int = 0
    domains: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """An instance to create. `state_dir` keeps its state on disk; `auto_progress` starts it in real time."""

    config: ReplicaConfig
    state_dir: str | None = None
    auto_progress: bool = False
    gateway: GatewayWish | None = None


def read_wish(body: bytes) -> Wish:
    """Read the body of POST /instances. Raises BodyError, CreationError."""
    fields = Fields.of(body)
    subnets = _read_subnets(fields.object("subnet_config_set", "struct ExtendedSubnetConfigSet"))
    if fields.has("log_level") and fields.string("log_level").lower() not in _LOG_LEVELS:
        raise CreationError("Failed to parse log level: ()")
    time, auto_progress = _read_time(fields)
    if not subnets:
        raise CreationError(
            'Subnet config failed to validate: "ExtendedSubnetConfigSet must contain at least one subnet"'
        )
    state_dir = fields.string("state_dir") if fields.has("state_dir") else None
    _refuse_features(fields)
    gateway = None
    if fields.has("http_gateway_config"):
        gateway = read_gateway(fields.object("http_gateway_config", "struct InstanceHttpGatewayConfig"))
    config = ReplicaConfig(subnets=tuple(subnets), initial_time_ns=time)
    return Wish(config, state_dir, auto_progress, gateway)


def read_gateway(fields: Fields) -> GatewayWish:
    """Read where a gateway is to listen, and under which domains. Raises BodyError, CreationError."""
    if fields.has("https_config"):
        raise CreationError("a local replica serves no HTTPS")
    return GatewayWish(
        fields.string("ip_addr") if fields.has("ip_addr") else None,
        fields.u64("port") if fields.has("port") else 0,
        fields.strings("domains") if fields.has("domains") else None,
    )


def _refuse_features(fields: Fields) -> None:
    """System canisters come with a genuine PocketIC only; to leave them out unsaid would be worse."""
    if fields.has("icp_features"):
        wanted = fields.object("icp_features", "struct IcpFeatures")
        named = [name for name in _FEATURES if wanted.has(name)]
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
    state, _ = fields.variant("state_config", ("New", "FromPath", "FromBlobStore"))
    instructions, _ = fields.variant("instruction_config", ("Production", "Benchmarking"))
    if state != "New":
        raise CreationError(f"SubnetStateConfig::{state} is not yet implemented")
    return SubnetConfig(kind, benchmarking=instructions == "Benchmarking")


def _read_time(fields: Fields) -> tuple[int, bool]:
    if not fields.has("initial_time"):
        return START_OF_TIME_NS, False
    choice, payload = fields.variant("initial_time", ("Timestamp", "AutoProgress"))
    if choice == "AutoProgress" or payload is None:
        return START_OF_TIME_NS, True
    time = payload.object("Timestamp", "struct RawTime").u64("nanos_since_epoch")
    if time < START_OF_TIME_NS:
        raise CreationError(
            "The initial timestamp (unix timestamp in nanoseconds) must be no earlier than "
            f"{START_OF_TIME_NS} (provided {time})."
        )
    return time, False
