"""Why an argument does not decode, word for word as the genuine replica tells it.

The management canister decodes with the Rust `candid` crate (0.10.17), whose texts say which field failed and how. Our
own decoder only finds that a message is bad; `fault_of` then walks it as the crate does, to the first failure.
"""

from local_replica.management.decoding.faults import Fault, fault_of

__all__ = ["Fault", "fault_of"]
