"""State tree, hash trees, BLS signatures and certificates."""

from local_replica.certification.certificate import CertifiedState, Delegation, DelegationFormat
from local_replica.certification.certifier import StateCertifier
from local_replica.certification.keys import NodeKey, SubnetKeys, self_authenticating
from local_replica.certification.state_tree import CanisterFacts, StateTree

__all__ = [
    "CanisterFacts",
    "CertifiedState",
    "Delegation",
    "DelegationFormat",
    "NodeKey",
    "StateCertifier",
    "StateTree",
    "SubnetKeys",
    "self_authenticating",
]
