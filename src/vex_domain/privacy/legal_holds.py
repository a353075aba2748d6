"""Legal holds: what must not be erased, whoever asks for it and however old it is."""

PERSON = "person"
TICKET = "ticket"
ORGANISATION = "organisation"
SUBJECTS = (PERSON, TICKET, ORGANISATION)


class LegalHolds:
    """The holds that are in force, by organisation: on all of it, on persons, on tickets."""

    def __init__(self) -> None:
        self._held: dict[int, set[tuple[str, int]]] = {}

    def place(self, organisation: int, kind: str, subject: int) -> None:
        """Put a hold on a subject; `subject` is 0 for the whole organisation."""
        self._held.setdefault(organisation, set()).add((kind, subject))

    def lift(self, organisation: int, kind: str, subject: int) -> None:
        """Take a hold away; one that is not there changes nothing."""
        held = self._held.get(organisation)
        if held is not None:
            held.discard((kind, subject))
            if not held:
                del self._held[organisation]

    def stops_person(self, organisation: int, person: int) -> bool:
        """Whether nothing of this person may be erased."""
        held = self._held.get(organisation)
        return held is not None and ((ORGANISATION, 0) in held or (PERSON, person) in held)

    def stops_ticket(self, organisation: int, ticket: int, requester: int) -> bool:
        """Whether this ticket may not be erased: it, its requester or the organisation is held."""
        held = self._held.get(organisation)
        return held is not None and (
            (ORGANISATION, 0) in held or (TICKET, ticket) in held or (PERSON, requester) in held
        )

    def persons(self, organisation: int) -> set[int]:
        """Whose texts must stay, wherever they wrote them."""
        return {subject for kind, subject in self._held.get(organisation, ()) if kind == PERSON}

    def of(self, organisation: int) -> list[tuple[str, int]]:
        """The organisation's holds in order."""
        return sorted(self._held.get(organisation, ()))
