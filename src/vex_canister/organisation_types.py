"""What the index tells `users` about a new organisation."""

from kybra import Principal, Record, nat64, text


# Sent by the index alone; `admin` becomes the first member, and is registered when unknown.
class RegisterOrganisation(Record):
    organisation: nat64
    name: text
    slug: text
    admin: Principal
