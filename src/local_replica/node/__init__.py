"""A replica as clients meet it: blocks that are stored and certified before anyone is told of them."""

from local_replica.node.chain import Chain, ChainSnapshot
from local_replica.node.node import Node, NodeHalted
from local_replica.node.stored import open_stored

__all__ = ["Chain", "ChainSnapshot", "Node", "NodeHalted", "open_stored"]
