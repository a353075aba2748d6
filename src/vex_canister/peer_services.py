"""The other canisters' methods that a canister calls."""

from kybra import Opt, Principal, Service, Vec, nat32, nat64, service_query, service_update

from vex_canister.attachment_types import (
    AttachmentAnswer,
    AttachmentPageAnswer,
    AttachmentReceiptAnswer,
    AttachmentRef,
    BeginUpload,
    ChunkContentAnswer,
    DownloadAnswer,
    FinishUpload,
    ListAttachments,
    PutChunk,
    ReadChunk,
    UploadAnswer,
    UploadRef,
)
from vex_canister.configuration_types import PushedConfiguration
from vex_canister.error_types import DoneAnswer
from vex_canister.fleet_types import FillReport, Lease, ShardStatusAnswer
from vex_canister.grant_types import GrantChange, GrantsAnswer, KnownPeopleAnswer
from vex_canister.life_types import (
    AskComments,
    ChildNews,
    CommentBatchAnswer,
    PreparedAnswer,
    RelationStep,
    RetireStandings,
    StandingsAnswer,
    TakeComments,
)
from vex_canister.organisation_types import RegisterOrganisation
from vex_canister.privacy_types import PrivacyOrder
from vex_canister.roster_types import RosterAnswer, RosterChange
from vex_canister.survey_types import AnswerSurvey, OneTicket, SurveyAnswer
from vex_canister.ticket_types import (
    AddComment,
    CommentPageAnswer,
    CreateTicket,
    ListComments,
    ListTickets,
    ReceiptAnswer,
    TicketAnswer,
    TicketPageAnswer,
    UpdateTicket,
)


class UsersPeer(Service):
    @service_query
    def grants(self, subject: Principal, organisation: nat64) -> GrantsAnswer: ...

    @service_update
    def request_grants(self, subject: Principal, organisation: nat64) -> GrantsAnswer: ...

    @service_query
    def known_people(self, organisation: nat64, people: Vec[nat64]) -> KnownPeopleAnswer: ...

    @service_update
    def set_people_limit(self, organisation: nat64, most: Opt[nat32]) -> DoneAnswer: ...

    @service_update
    def roster(self, organisation: nat64) -> RosterAnswer: ...

    @service_update
    def register_organisation(self, request: RegisterOrganisation) -> DoneAnswer: ...

    @service_update
    def register_shard(self, shard: Principal) -> DoneAnswer: ...

    @service_update
    def push_privacy(self, order: PrivacyOrder) -> DoneAnswer: ...


class IndexPeer(Service):
    @service_update
    def report_fill(self, report: FillReport) -> DoneAnswer: ...

    @service_update
    def relay_child_news(self, news: ChildNews) -> DoneAnswer: ...

    @service_query
    def ping(self) -> nat64: ...


class ShardPeer(Service):
    @service_update
    def push_privacy(self, order: PrivacyOrder) -> DoneAnswer: ...

    @service_update
    def grant_lease(self, lease: Lease) -> DoneAnswer: ...

    @service_update
    def open_organisation(self, organisation: nat64) -> DoneAnswer: ...

    @service_update
    def push_grants(self, changes: Vec[GrantChange]) -> DoneAnswer: ...

    @service_update
    def prepare_relation(self, caller: Principal, step: RelationStep) -> PreparedAnswer: ...

    @service_update
    def cancel_relation(self, step: RelationStep) -> DoneAnswer: ...

    @service_update
    def apply_relation(self, step: RelationStep) -> DoneAnswer: ...

    @service_update
    def ask_comments(self, request: AskComments) -> CommentBatchAnswer: ...

    @service_update
    def take_comments(self, request: TakeComments) -> DoneAnswer: ...

    @service_update
    def note_child(self, news: ChildNews) -> DoneAnswer: ...

    @service_update
    def retire_standings(self, request: RetireStandings) -> StandingsAnswer: ...

    @service_update
    def push_configuration(self, pushed: PushedConfiguration) -> DoneAnswer: ...

    @service_update
    def push_roster(self, change: RosterChange) -> DoneAnswer: ...

    @service_query
    def shard_status(self) -> ShardStatusAnswer: ...

    @service_update
    def facade_create_ticket(self, caller: Principal, request: CreateTicket) -> ReceiptAnswer: ...

    @service_update
    def facade_add_comment(self, caller: Principal, request: AddComment) -> ReceiptAnswer: ...

    @service_update
    def facade_update_ticket(self, caller: Principal, request: UpdateTicket) -> ReceiptAnswer: ...

    @service_query
    def facade_get_ticket(self, caller: Principal, ticket: nat64) -> TicketAnswer: ...

    @service_update
    def facade_get_ticket_replicated(self, caller: Principal, ticket: nat64) -> TicketAnswer: ...

    @service_query
    def facade_list_tickets(self, caller: Principal, request: ListTickets) -> TicketPageAnswer: ...

    @service_update
    def facade_list_tickets_replicated(self, caller: Principal, request: ListTickets) -> TicketPageAnswer: ...

    @service_query
    def facade_list_comments(self, caller: Principal, request: ListComments) -> CommentPageAnswer: ...

    @service_update
    def facade_list_comments_replicated(self, caller: Principal, request: ListComments) -> CommentPageAnswer: ...

    @service_update
    def facade_begin_upload(self, caller: Principal, request: BeginUpload) -> UploadAnswer: ...

    @service_update
    def facade_put_chunk(self, caller: Principal, request: PutChunk) -> UploadAnswer: ...

    @service_update
    def facade_finish_upload(self, caller: Principal, request: FinishUpload) -> AttachmentReceiptAnswer: ...

    @service_update
    def facade_abandon_upload(self, caller: Principal, request: UploadRef) -> DoneAnswer: ...

    @service_query
    def facade_upload_status(self, caller: Principal, request: UploadRef) -> UploadAnswer: ...

    @service_update
    def facade_upload_status_replicated(self, caller: Principal, request: UploadRef) -> UploadAnswer: ...

    @service_query
    def facade_list_attachments(self, caller: Principal, request: ListAttachments) -> AttachmentPageAnswer: ...

    @service_update
    def facade_list_attachments_replicated(
        self, caller: Principal, request: ListAttachments
    ) -> AttachmentPageAnswer: ...

    @service_query
    def facade_get_attachment(self, caller: Principal, request: AttachmentRef) -> AttachmentAnswer: ...

    @service_update
    def facade_get_attachment_replicated(self, caller: Principal, request: AttachmentRef) -> AttachmentAnswer: ...

    @service_query
    def facade_read_chunk(self, caller: Principal, request: ReadChunk) -> ChunkContentAnswer: ...

    @service_update
    def facade_read_chunk_replicated(self, caller: Principal, request: ReadChunk) -> ChunkContentAnswer: ...

    @service_query
    def facade_open_download(self, caller: Principal, request: AttachmentRef) -> DownloadAnswer: ...

    @service_update
    def facade_open_download_replicated(self, caller: Principal, request: AttachmentRef) -> DownloadAnswer: ...

    @service_update
    def facade_answer_survey(self, caller: Principal, request: AnswerSurvey) -> ReceiptAnswer: ...

    @service_query
    def facade_get_survey(self, caller: Principal, request: OneTicket) -> SurveyAnswer: ...

    @service_update
    def facade_get_survey_replicated(self, caller: Principal, request: OneTicket) -> SurveyAnswer: ...
