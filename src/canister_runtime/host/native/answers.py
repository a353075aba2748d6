"""The answers that a subnet itself gives, in the replica's words."""

from collections.abc import Callable
from typing import TypeAlias

from candid.principal import to_text
from canister_runtime.host.native.errors import Rejected
from canister_runtime.host.native.message import Answer, Message, Mode, OutgoingCall
from canister_runtime.host.native.resident import Resident

Handler: TypeAlias = Callable[[bytes, bytes, int], bytes]
"""Answers a call: (caller, argument, cycles) to reply bytes; raises Rejected to reject."""

RUNNING = 1


def unavailable(canister: Resident) -> Answer | None:
    """Why a canister takes no messages from outside, or None."""
    if canister.system.status != RUNNING:
        return rejection(5, f"Canister {name_of(canister)} is stopped")
    return None if canister.installed else rejection(5, "Requested canister has no wasm module")


def without_module(canister: Resident) -> str:
    """The text about a canister that has no code."""
    return (
        f"Error from Canister {name_of(canister)}: Attempted to execute a message, but the canister contains no "
        "Wasm module."
    )


def handled(handler: Handler, caller: bytes, call: OutgoingCall) -> Answer:
    """What a test's handler answers to a call."""
    try:
        return Answer(reply=handler(caller, call.argument, call.cycles))
    except Rejected as rejected:
        return rejection(rejected.code, rejected.message)


def callback_message(caller: bytes, answer: Answer, refund: int, *, composite: bool) -> Message:
    """The message that brings a call's answer back to its caller."""
    prefix = "composite " if composite else ""
    mode: Mode = f"{prefix}{'reply' if answer.is_reply else 'reject'} callback"  # type: ignore[assignment] # a Mode
    return Message(mode, caller, answer.reply, reject=answer.reject or (0, ""), refunded=refund)


def rejection(code: int, text: str) -> Answer:
    """A reject with an IC reject code."""
    return Answer(reject=(code, text))


def name_of(canister: Resident) -> str:
    """A canister's id as text."""
    return to_text(canister.system.canister_id)


def trapped(canister: Resident, message: Message) -> Answer:
    """The answer of a message that trapped."""
    text = f"Error from Canister {name_of(canister)}: {message.trap}"
    return Answer(reject=(5, text), error=message.error, trapped=True)


def coded(respond: Callable[[Answer, int], None]) -> Callable[[Answer, int], None]:
    """A trap's text, as a calling canister gets it, starts with an error code."""

    def respond_coded(answer: Answer, refund: int) -> None:
        if answer.trapped and answer.reject is not None:
            code, text = answer.reject
            answer = Answer(reject=(code, f"{_error_code(text)}: {text}"))
        respond(answer, refund)

    return respond_coded


def _error_code(text: str) -> str:
    if "violated contract" in text:
        return "IC0504"
    return "IC0503" if "called `ic0.trap`" in text else "IC0502"


def ingress_answer(canister: Resident, message: Message, silence: str) -> Answer:
    """What a client gets of a message; `silence`: how one without an answer is described."""
    if message.trap is not None:
        return trapped(canister, message)
    return message.answer or rejection(5, f"Canister {name_of(canister)} {silence}")
