"""What the REST API answers instead of a result."""


class RestError(Exception):
    """Ends a request with `status` and a message in JSON."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    @property
    def body(self) -> object:
        """What is answered."""
        return {"message": self.message}


class NotConverted(RestError):
    """A value of the body is not what it stands for, in PocketIC's words."""

    def __init__(self, why: str) -> None:
        super().__init__(f'ConversionError {{ message: "{why}" }}')


class CreationError(RestError):
    """An instance or gateway can't be made: the message comes wrapped in "Error"."""

    @property
    def body(self) -> object:
        return {"Error": {"message": self.message}}


class BodyError(Exception):
    """The body is not the JSON that is asked for: `status` and a plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class NoAnswer(Exception):
    """The connection is closed without an answer, as PocketIC does for instances that never were."""
