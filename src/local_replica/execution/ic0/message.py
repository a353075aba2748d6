"""The message itself: argument, caller, rejection, reply."""

from local_replica.execution.contexts import REPLICATED
from local_replica.execution.failures import REJECT_TOO_LARGE, REPLY_TOO_LARGE, contract_violation
from local_replica.execution.ic0.state import CallState

MAX_REPLICATED_REPLY = 2 << 20
MAX_QUERY_REPLY = 3 << 20


class MessageCalls(CallState):
    """`msg_*` and `accept_message`."""

    def msg_arg_data_size(self) -> int:
        return len(self.request.arg)

    def msg_arg_data_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("msg_arg_data_copy", "payload", self.request.arg, dst, offset, size)

    def msg_caller_size(self) -> int:
        return len(self.request.caller)

    def msg_caller_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("msg_caller_copy", "id", self.request.caller, dst, offset, size)

    def msg_reject_code(self) -> int:
        return self.request.reject_code

    def msg_reject_msg_size(self) -> int:
        return len(self.request.reject_message.encode())

    def msg_reject_msg_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("msg_reject_msg_copy", "msg", self.request.reject_message.encode(), dst, offset, size)

    def msg_deadline(self) -> int:
        return self.request.deadline

    def msg_method_name_size(self) -> int:
        return len(self.request.method.encode())

    def msg_method_name_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("msg_method_name_copy", "payload", self.request.method.encode(), dst, offset, size)

    def accept_message(self) -> None:
        if self.outcome.accepted_message:
            raise contract_violation("ic0.accept_message: the function was already called.")
        self.outcome.accepted_message = True

    def _check_payload(self, name: str, size: int, advice: str) -> None:
        limit = MAX_REPLICATED_REPLY if self.request.entry in REPLICATED else MAX_QUERY_REPLY
        if size > limit:
            raise contract_violation(
                f"ic0.{name}: application payload size ({size}) cannot be larger than {limit}", advice
            )

    def msg_reply_data_append(self, src: int, size: int) -> None:
        if self.answered:
            raise contract_violation("ic0.msg_reply_data_append: the call is already replied.")
        self._check_payload("msg_reply_data_append", self.reply_bytes + size, REPLY_TOO_LARGE)
        self.reply_parts.append(self.read_heap("msg.reply", src, size))
        self.reply_bytes += size

    def msg_reply(self) -> None:
        if self.answered:
            raise contract_violation("ic0.msg_reply: the call is already replied")
        self.answered = True
        self.outcome.reply = b"".join(self.reply_parts)

    def msg_reject(self, src: int, size: int) -> None:
        if self.answered:
            raise contract_violation("ic0.msg_reject: the call is already replied")
        self._check_payload("msg_reject", size, REJECT_TOO_LARGE)
        text = self.read_heap("ic0.msg_reject", src, size)
        try:
            self.outcome.reject = text.decode()
        except UnicodeDecodeError as error:
            raise contract_violation("ic0.msg_reject: invalid UTF-8 string provided") from error
        self.answered = True
