"""Privacy on the wire: orders from the index to shards and users, what became of them, what concerns a person."""

from kybra import Opt, Record, Tuple, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


# `kind`: erase, hold or release; `subject_kind`: person, ticket or organisation (subject 0).
class PrivacyOrder(Record):
    organisation: nat64
    number: nat32
    kind: text
    subject_kind: text
    subject: nat64
    ordered_at: nat64


# `held`: how many tickets a hold kept from being erased; the order waits for its release.
class OrderProgress(Record):
    number: nat32
    kind: text
    subject_kind: text
    subject: nat64
    ordered_at: nat64
    done_at: Opt[nat64]
    tickets: nat32
    comments: nat32
    attachments: nat32
    surveys: nat32
    held: nat32


class OneOrganisationOrders(Record):
    organisation: nat64


class OrderProgressAnswer(Variant, total=False):
    Ok: Vec[OrderProgress]
    Err: VexError


# `person` of the organisation; a person may ask for themself, others with `privacy.export`.
class ExportPerson(Record):
    organisation: nat64
    person: nat64
    cursor: Opt[text]
    limit: Opt[nat32]


ExportedField = Tuple[text, text]


# `kind`: ticket, comment, attachment, survey or event; `number` within the ticket, of events in the chain.
class ExportedItem(Record):
    kind: text
    ticket: nat64
    number: nat64
    at: nat64
    body: Opt[text]
    fields: Vec[ExportedField]


class ExportPage(Record):
    items: Vec[ExportedItem]  # type: ignore[assignment]  # a field, not the method of a dict
    next: Opt[text]


class ExportPageAnswer(Variant, total=False):
    Ok: ExportPage
    Err: VexError


class ErasePerson(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64


# A hold on a person, a ticket, or with `subject` 0 on the whole organisation; `held` false lifts it.
class SetHold(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    subject_kind: text
    subject: nat64
    held: bool
