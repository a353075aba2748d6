"""A foreign canister: it passes calls on, as a dapp in any language would make them itself."""

from kybra import Async, Principal, blob, ic, text, update


@update
def forward(canister: Principal, method: text, argument: blob) -> Async[blob]:
    """Call a canister and answer its reply."""
    result = yield ic.call_raw(canister, method, argument, 0)
    if result.Err is not None:
        ic.trap(result.Err)
    return result.Ok
