"""Satisfaction surveys on the wire. Times are ns since 1970-01-01."""

from kybra import Opt, Record, Variant, nat8, nat64, text

from vex_canister.error_types import VexError


# `score` from 1 (bad) to 5 (good).
class AnswerSurvey(Record):
    client_token: text
    created_at: nat64
    ticket: nat64
    score: nat8
    comment: Opt[text]


class OneTicket(Record):
    ticket: nat64


class Survey(Record):
    ticket: nat64
    person: nat64
    score: nat8
    comment: Opt[text]
    answered_at: nat64
    changed_at: nat64


class SurveyAnswer(Variant, total=False):
    Ok: Survey
    Err: VexError
