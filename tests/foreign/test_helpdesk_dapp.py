"""Somebody else's dapp, in Motoko: it opens tickets through our index, by the index's `.did`, and reads them back."""

from dataclasses import dataclass

from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.any_canister import AnyCanister, deployed
from support.desk import Desk
from support.motoko import from_motoko
from support.platform import ADMIN, ANONYMOUS, ok
from support.pocket_platform import ROOT, PocketPlatform


@dataclass
class Shop:
    """A desk, and the dapp of a shop that is one of the organisation's customers."""

    desk: Desk
    dapp: AnyCanister


@deployed_once
def shop(pic: PocketIC) -> Shop:
    """The platform with an organisation, and the dapp as a customer of it."""
    desk = Desk(PocketPlatform(pic))
    index = desk.platform.index.id
    made = from_motoko("Helpdesk", index=(index, ROOT / "index" / "index.did"))
    dapp = deployed(pic, made.module, made.interface)
    desk.platform.members(desk.organisation, ADMIN, customer=dapp.id)
    return Shop(desk, dapp)


def test_a_ticket_opened_by_the_dapp_is_read_back_by_it(shop: Shop) -> None:
    ticket = shop.dapp.update("open", shop.desk.organisation, "Where is my order?", "It is late. متى؟")["ok"]
    found = shop.dapp.update("read", ticket)["ok"]
    assert found == {"subject": "Where is my order?", "body": "It is late. متى؟", "status": "new", "version": 1}


def test_the_ticket_belongs_to_the_dapp_and_the_people_of_the_desk_see_it(shop: Shop) -> None:
    ticket = shop.dapp.update("open", shop.desk.organisation, "Order", "Late")["ok"]
    summary = ok(shop.desk.shard.query("get_ticket", ticket, caller=ADMIN))["summary"]
    assert (summary["requester_reference"], summary["channel"], summary["tags"]) == ("order 1", "api", ["motoko"])


def test_another_organisation_is_not_there_for_the_dapp(shop: Shop) -> None:
    assert shop.dapp.update("open", shop.desk.rival, "Order", "Late")["err"].startswith("300 ")


def test_what_the_index_refuses_reaches_the_dapp_as_a_value(shop: Shop) -> None:
    assert "err" in shop.dapp.update("open", shop.desk.organisation, "", "No subject")


def test_a_ticket_that_is_not_there_is_an_error_and_no_trap(shop: Shop) -> None:
    assert "err" in shop.dapp.update("read", 2**63)


def test_people_without_a_role_do_not_see_the_dapps_tickets(shop: Shop) -> None:
    ticket = shop.dapp.update("open", shop.desk.organisation, "Order", "Late")["ok"]
    assert "Err" in shop.desk.shard.query("get_ticket", ticket, caller=ANONYMOUS)
