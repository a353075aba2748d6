"""The shard's endpoints: who may call, what is awaited, which function does the work."""

from kybra import Async, Principal, Vec, ic, init, nat64, post_upgrade, query, update, void
from shard_canister import shard_calls, shard_fleet, shard_stores, ticket_queries
from shard_canister.attachments import attachment_calls, attachment_http, attachment_reads, uploads
from shard_canister.attachments.attachment_calls import about_ticket
from shard_canister.comments import comment_changes
from shard_canister.privacy import privacy_work
from shard_canister.privacy.privacy_calls import about_organisation, export
from shard_canister.relations import family_news, relation_steps
from shard_canister.service import roster_cache, service_reads, service_timer
from shard_canister.service.service_types import AcknowledgeOutbox, ListOutbox, OutboxAnswer, TicketClocksAnswer
from shard_canister.shard_env import ShardEnv, ShardStores
from shard_canister.shard_types import (
    AuditHead,
    AuditPageAnswer,
    ListEvents,
    ReportAnswer,
    ReportRequest,
    SessionAnswer,
)
from shard_canister.tickets import macro_runs, surveys, ticket_changes, ticket_splits

from vex_canister.answers import answer, answer_later
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
from vex_canister.error_types import DoneAnswer, NumberAnswer
from vex_canister.fleet_types import Lease, ShardSetup, ShardStatusAnswer
from vex_canister.forgetting import forget_grants
from vex_canister.garbage import collect_by_timer
from vex_canister.grant_types import GrantChange
from vex_canister.http_types import HttpQuestion, HttpReplyRecord, StreamedPart, StreamingToken
from vex_canister.incoming_call import direct_call, facade_call, reading_call, repeatable_call
from vex_canister.life_types import (
    ApplyMacro,
    AskComments,
    BulkAnswer,
    BulkUpdate,
    ChildNews,
    CommentBatchAnswer,
    EditComment,
    ListRevisions,
    MacroPreviewAnswer,
    PreparedAnswer,
    PreviewMacro,
    RedactComment,
    RelationStep,
    RetireStandings,
    RevisionPageAnswer,
    SplitTicket,
    StandingsAnswer,
    TakeComments,
)
from vex_canister.privacy_types import (
    ExportPageAnswer,
    ExportPerson,
    OneOrganisationOrders,
    OrderProgressAnswer,
    PrivacyOrder,
)
from vex_canister.roster_types import RosterChange
from vex_canister.sessions import grants_in_query, grants_of
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
from vex_domain.hash_tree import encode_tree

env = ShardEnv(
    ShardStores(
        {
            "settings": shard_stores.shard_settings,
            "openings": shard_stores.shard_openings,
            "tickets": shard_stores.shard_tickets,
            "pages": shard_stores.shard_pages,
            "comments": shard_stores.shard_comments,
            "events": shard_stores.shard_events,
            "tokens": shard_stores.shard_tokens,
            "failures": shard_stores.shard_failures,
            "configurations": shard_stores.shard_configurations,
            "documents": shard_stores.shard_documents,
            "figures": shard_stores.shard_figures,
            "attachments": shard_stores.shard_attachments,
            "chunks": shard_stores.shard_chunks,
            "uploads": shard_stores.shard_uploads,
            "clocks": shard_stores.shard_clocks,
            "outbox": shard_stores.shard_outbox,
            "services": shard_stores.shard_services,
            "extensions": shard_stores.shard_extensions,
            "fields": shard_stores.shard_fields,
            "links": shard_stores.shard_links,
            "revisions": shard_stores.shard_revisions,
            "retirements": shard_stores.shard_retirements,
            "news": shard_stores.shard_news,
            "locks": shard_stores.shard_locks,
            "surveys": shard_stores.shard_surveys,
            "privacy": shard_stores.shard_privacy,
        }
    ),
    service_timer.run,
)


@init
def start_shard(setup: ShardSetup) -> void:
    """Begin without a lease; the index grants it afterwards."""
    env.begin(setup["index"].bytes, setup["users"].bytes, setup["shard"])
    collect_by_timer()
    uploads.collect_by_timer(env)
    privacy_work.watch(env)


@post_upgrade
def resume_shard() -> void:
    """Rebuild what the heap held."""
    env.rebuild()
    collect_by_timer()
    if env.settings["exceptions"]:
        family_news.tell_soon(env)
    uploads.collect_by_timer(env)
    privacy_work.watch(env)


@update
def grant_lease(lease: Lease) -> DoneAnswer:
    """Take a range of ids. Callers: index."""
    return answer(lambda: shard_fleet.grant_lease(env, lease))


@update
def open_organisation(organisation: nat64) -> Async[DoneAnswer]:
    """Take tickets of an organisation from now on. Callers: index. Awaits `raw_rand` before the first."""
    return (yield from answer_later(shard_fleet.open_organisation(env, ic.caller(), organisation)))


@update
def push_grants(changes: Vec[GrantChange]) -> DoneAnswer:
    """Forget grants that have changed. Callers: users."""
    return answer(lambda: forget_grants(env, ic.caller(), changes))


@update
def push_configuration(pushed: PushedConfiguration) -> Async[DoneAnswer]:
    """Take an organisation's configuration. Callers: index. Awaits `raw_rand` before the first use."""
    return (yield from answer_later(shard_fleet.push_configuration(env, ic.caller(), pushed)))


@update
def push_roster(change: RosterChange) -> DoneAnswer:
    """Take a change of who may be assigned tickets. Callers: users."""
    return answer(lambda: roster_cache.push_roster(env, change))


@query
def shard_status() -> ShardStatusAnswer:
    """Fill, lease and state. Callers: anyone."""
    return answer(lambda: shard_fleet.status(env))


@update
def open_session(organisation: nat64) -> Async[SessionAnswer]:
    """Learn and cache what the caller may do. Callers: members. Awaits `users.request_grants` when not cached."""
    return (yield from answer_later(shard_calls.session(env, reading_call(), organisation)))


@update
def create_ticket(request: CreateTicket) -> Async[ReceiptAnswer]:
    """Create a ticket. Callers: customer, agent, lead, admin. Awaits grants when not cached."""
    call = direct_call("create_ticket")
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.create)))


@update
def add_comment(request: AddComment) -> Async[ReceiptAnswer]:
    """Append a comment or an internal note. Callers: requester, agent, lead, admin. Awaits grants when not cached."""
    call = direct_call("add_comment")
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.add_comment)))


@update
def update_ticket(request: UpdateTicket) -> Async[ReceiptAnswer]:
    """Change fields at a version. Callers: agent, lead, admin; requester to solve and reopen. Awaits grants."""
    call = direct_call("update_ticket")
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.update)))


@update
def edit_comment(request: EditComment) -> Async[ReceiptAnswer]:
    """Change a comment's text; what it said is kept. Callers: its author, agent, lead, admin. Awaits grants."""
    call = direct_call("edit_comment")
    return (yield from answer_later(shard_calls.change(env, call, request, comment_changes.edit)))


@update
def redact_comment(request: RedactComment) -> Async[ReceiptAnswer]:
    """Overwrite passages of a comment or of the body for good. Callers: lead, admin. Awaits grants."""
    call = direct_call("redact_comment")
    return (yield from answer_later(shard_calls.change(env, call, request, comment_changes.redact)))


@update
def apply_macro(request: ApplyMacro) -> Async[ReceiptAnswer]:
    """Make a macro's changes and write its comment. Callers: agent, lead, admin. Awaits grants."""
    call = direct_call("apply_macro")
    return (yield from answer_later(shard_calls.change(env, call, request, macro_runs.run)))


@query
def preview_macro(request: PreviewMacro) -> Async[MacroPreviewAnswer]:
    """What a macro would change. Callers: agent, lead, admin."""
    return (yield from answer_later(ticket_queries.macro_preview(env, reading_call(), grants_in_query, request)))


@update
def preview_macro_replicated(request: PreviewMacro) -> Async[MacroPreviewAnswer]:
    """As `preview_macro`, for canisters."""
    return (yield from answer_later(ticket_queries.macro_preview(env, reading_call(), grants_of, request)))


@update
def split_ticket(request: SplitTicket) -> Async[ReceiptAnswer]:
    """Make a ticket of comments; answers the new one's receipt. Callers: agent, lead, admin. Awaits grants."""
    call = direct_call("split_ticket")
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_splits.split)))


@update
def bulk_update(request: BulkUpdate) -> Async[BulkAnswer]:
    """The same change for up to 100 tickets, a result for each. Callers: agent, lead, admin. Awaits grants."""
    return (yield from answer_later(shard_calls.bulk(env, direct_call("bulk_update"), request)))


@update
def prepare_relation(caller: Principal, step: RelationStep) -> Async[PreparedAnswer]:
    """Check and lock a ticket for a change of its relations on behalf of `caller`. Callers: index. Awaits grants."""
    return (yield from answer_later(relation_steps.prepared(env, reading_call(caller), step)))


@update
def cancel_relation(step: RelationStep) -> DoneAnswer:
    """Unlock a prepared ticket. Callers: index."""
    return answer(lambda: relation_steps.cancel(env, step))


@update
def apply_relation(step: RelationStep) -> Async[DoneAnswer]:
    """Change a prepared ticket's relations. Callers: index. Awaits `raw_rand` before the first use."""
    return (yield from answer_later(relation_steps.apply(env, ic.caller(), step)))


@update
def ask_comments(request: AskComments) -> CommentBatchAnswer:
    """Comments of a ticket that is being merged. Callers: index."""
    return answer(lambda: relation_steps.comments_to_carry(env, request))


@update
def take_comments(request: TakeComments) -> Async[DoneAnswer]:
    """Keep comments of a ticket that is being merged into one here. Callers: index. Awaits `raw_rand`."""
    return (yield from answer_later(relation_steps.take_comments(env, ic.caller(), request)))


@update
def note_child(news: ChildNews) -> DoneAnswer:
    """Hear whether a child elsewhere is settled. Callers: index."""
    return answer(lambda: family_news.hear(env, news))


@update
def retire_standings(request: RetireStandings) -> StandingsAnswer:
    """Let no ticket enter states that a new workflow lacks; how many are there. Callers: index."""
    return answer(lambda: shard_fleet.retire_standings(env, ic.caller(), request))


@query
def list_revisions(request: ListRevisions) -> Async[RevisionPageAnswer]:
    """Earlier versions of a comment, newest first. Callers: agent, lead, admin, auditor; its author."""
    return (yield from answer_later(ticket_queries.revisions(env, reading_call(), grants_in_query, request)))


@update
def list_revisions_replicated(request: ListRevisions) -> Async[RevisionPageAnswer]:
    """As `list_revisions`, for canisters."""
    return (yield from answer_later(ticket_queries.revisions(env, reading_call(), grants_of, request)))


@query
def get_ticket(ticket: nat64) -> Async[TicketAnswer]:
    """One ticket, with a proof. Callers: requester, agent, lead, admin, auditor."""
    certificate = ic.data_certificate()
    return (yield from answer_later(ticket_queries.ticket(env, reading_call(), grants_in_query, ticket, certificate)))


@update
def get_ticket_replicated(ticket: nat64) -> Async[TicketAnswer]:
    """As `get_ticket`, for canisters, without a proof."""
    return (yield from answer_later(ticket_queries.ticket(env, reading_call(), grants_of, ticket)))


@query
def list_tickets(request: ListTickets) -> Async[TicketPageAnswer]:
    """A page of an organisation's tickets. Callers: members; customers see their own."""
    return (yield from answer_later(ticket_queries.tickets(env, reading_call(), grants_in_query, request)))


@update
def list_tickets_replicated(request: ListTickets) -> Async[TicketPageAnswer]:
    """As `list_tickets`, for canisters."""
    return (yield from answer_later(ticket_queries.tickets(env, reading_call(), grants_of, request)))


@query
def list_comments(request: ListComments) -> Async[CommentPageAnswer]:
    """A page of a ticket's comments. Callers: who sees the ticket; notes only with `note.read`."""
    return (yield from answer_later(ticket_queries.comments(env, reading_call(), grants_in_query, request)))


@update
def list_comments_replicated(request: ListComments) -> Async[CommentPageAnswer]:
    """As `list_comments`, for canisters."""
    return (yield from answer_later(ticket_queries.comments(env, reading_call(), grants_of, request)))


@query
def list_events(request: ListEvents) -> Async[AuditPageAnswer]:
    """A page of the audit chain. Callers: lead, admin, auditor."""
    return (yield from answer_later(ticket_queries.events(env, reading_call(), grants_in_query, request)))


@update
def list_events_replicated(request: ListEvents) -> Async[AuditPageAnswer]:
    """As `list_events`, for canisters."""
    return (yield from answer_later(ticket_queries.events(env, reading_call(), grants_of, request)))


@update
def begin_upload(request: BeginUpload) -> Async[UploadAnswer]:
    """Announce a file. Callers: who may comment on the ticket. Awaits grants when not cached."""
    return (yield from answer_later(attachment_calls.begin(env, direct_call("begin_upload"), request)))


@update
def put_chunk(request: PutChunk) -> Async[UploadAnswer]:
    """Take a chunk, in any order, as often as it is sent. Callers: who began the upload."""
    return (yield from answer_later(attachment_calls.put_chunk(env, repeatable_call(), request)))


@update
def finish_upload(request: FinishUpload) -> Async[AttachmentReceiptAnswer]:
    """Verify the content and attach it. Callers: who began the upload."""
    return (yield from answer_later(attachment_calls.finish(env, direct_call("finish_upload"), request)))


@update
def abandon_upload(request: UploadRef) -> Async[DoneAnswer]:
    """Give an upload up. Callers: who began it."""
    steps = about_ticket(env, reading_call(), grants_of, request, uploads.abandon)
    return (yield from answer_later(steps))


@query
def upload_status(request: UploadRef) -> Async[UploadAnswer]:
    """Which chunks are there. Callers: who began the upload."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, uploads.status)))


@update
def upload_status_replicated(request: UploadRef) -> Async[UploadAnswer]:
    """As `upload_status`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, uploads.status)))


@query
def list_attachments(request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """A page of a ticket's attachments. Callers: who sees the ticket; internal ones only with `note.read`."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, attachment_reads.page)))


@update
def list_attachments_replicated(request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """As `list_attachments`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, attachment_reads.page)))


@query
def get_attachment(request: AttachmentRef) -> Async[AttachmentAnswer]:
    """One attachment without its content. Callers: who sees it."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, attachment_reads.one)))


@update
def get_attachment_replicated(request: AttachmentRef) -> Async[AttachmentAnswer]:
    """As `get_attachment`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, attachment_reads.one)))


@query
def read_chunk(request: ReadChunk) -> Async[ChunkContentAnswer]:
    """A chunk of an attachment's content. Callers: who sees it."""
    return (
        yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, attachment_reads.chunk))
    )


@update
def read_chunk_replicated(request: ReadChunk) -> Async[ChunkContentAnswer]:
    """As `read_chunk`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, attachment_reads.chunk)))


@query
def open_download(request: AttachmentRef) -> Async[DownloadAnswer]:
    """A path that opens one attachment over HTTP for a while. Callers: who sees it."""
    return (
        yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, attachment_reads.download))
    )


@update
def open_download_replicated(request: AttachmentRef) -> Async[DownloadAnswer]:
    """As `open_download`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, attachment_reads.download)))


@query
def http_request(request: HttpQuestion) -> HttpReplyRecord:
    """An attachment for whoever has a token that opens it. Callers: HTTP gateways, anyone."""
    return attachment_http.respond(env, request, ic.data_certificate())


@query
def http_request_streaming_callback(token: StreamingToken) -> StreamedPart:
    """The next part of a long response. Callers: HTTP gateways, anyone with the token."""
    return attachment_http.stream(env, token)


@query
def report(request: ReportRequest) -> Async[ReportAnswer]:
    """Figures of days, and the backlog. Callers: `report.read`; agents of themselves."""
    return (yield from answer_later(ticket_queries.report(env, reading_call(), grants_in_query, request)))


@update
def report_replicated(request: ReportRequest) -> Async[ReportAnswer]:
    """As `report`, for canisters."""
    return (yield from answer_later(ticket_queries.report(env, reading_call(), grants_of, request)))


@update
def answer_survey(request: AnswerSurvey) -> Async[ReceiptAnswer]:
    """Rate a solved ticket, or change the rating. Callers: its requester. Awaits grants when not cached."""
    call = direct_call("answer_survey")
    return (yield from answer_later(shard_calls.change(env, call, request, surveys.answer)))


@query
def get_survey(request: OneTicket) -> Async[SurveyAnswer]:
    """A ticket's rating. Callers: who sees the ticket."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_in_query, request, surveys.one)))


@update
def get_survey_replicated(request: OneTicket) -> Async[SurveyAnswer]:
    """As `get_survey`, for canisters."""
    return (yield from answer_later(about_ticket(env, reading_call(), grants_of, request, surveys.one)))


@update
def push_privacy(order: PrivacyOrder) -> Async[DoneAnswer]:
    """Take an order to erase, hold or release. Callers: index. Awaits `raw_rand` before the first use."""
    return (yield from answer_later(privacy_work.take_order(env, ic.caller(), order)))


@query
def list_privacy_orders(request: OneOrganisationOrders) -> Async[OrderProgressAnswer]:
    """Orders and how far they are. Callers: `privacy.erase`."""
    steps = about_organisation(env, reading_call(), grants_in_query, request, privacy_work.progress)
    return (yield from answer_later(steps))


@query
def export_person(request: ExportPerson) -> Async[ExportPageAnswer]:
    """A page of all that concerns a person. Callers: the person, `privacy.export`."""
    return (yield from answer_later(export(env, reading_call(), grants_in_query, request)))


@update
def export_person_replicated(request: ExportPerson) -> Async[ExportPageAnswer]:
    """As `export_person`, for canisters."""
    return (yield from answer_later(export(env, reading_call(), grants_of, request)))


@query
def get_clocks(ticket: nat64) -> Async[TicketClocksAnswer]:
    """A ticket's clocks of service levels. Callers: agent, lead, admin, auditor."""
    return (yield from answer_later(service_reads.clocks(env, reading_call(), grants_in_query, ticket)))


@update
def get_clocks_replicated(ticket: nat64) -> Async[TicketClocksAnswer]:
    """As `get_clocks`, for canisters."""
    return (yield from answer_later(service_reads.clocks(env, reading_call(), grants_of, ticket)))


@query
def list_outbox(request: ListOutbox) -> Async[OutboxAnswer]:
    """Events for deliverers, oldest first. Callers: `outbox.read`."""
    return (yield from answer_later(service_reads.outbox(env, reading_call(), grants_in_query, request)))


@update
def list_outbox_replicated(request: ListOutbox) -> Async[OutboxAnswer]:
    """As `list_outbox`, for canisters."""
    return (yield from answer_later(service_reads.outbox(env, reading_call(), grants_of, request)))


@update
def acknowledge_outbox(request: AcknowledgeOutbox) -> Async[NumberAnswer]:
    """Forget delivered events; answers the first that is kept. Callers: `outbox.read`. Awaits grants."""
    call = direct_call("acknowledge_outbox")
    return (yield from answer_later(service_reads.acknowledge(env, call, request)))


@query
def audit_head() -> AuditHead:
    """The chain's certified head. Callers: anyone."""
    return {
        "events": env.audit.count,
        "head": env.audit.head,
        "certificate": ic.data_certificate(),
        "witness": encode_tree(env.audit.head_witness(env.tree.root)),
    }


@update
def facade_create_ticket(caller: Principal, request: CreateTicket) -> Async[ReceiptAnswer]:
    """As `create_ticket` on behalf of `caller`. Callers: index."""
    call = facade_call("create_ticket", caller)
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.create)))


@update
def facade_add_comment(caller: Principal, request: AddComment) -> Async[ReceiptAnswer]:
    """As `add_comment` on behalf of `caller`. Callers: index."""
    call = facade_call("add_comment", caller)
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.add_comment)))


@update
def facade_update_ticket(caller: Principal, request: UpdateTicket) -> Async[ReceiptAnswer]:
    """As `update_ticket` on behalf of `caller`. Callers: index."""
    call = facade_call("update_ticket", caller)
    return (yield from answer_later(shard_calls.change(env, call, request, ticket_changes.update)))


@query
def facade_get_ticket(caller: Principal, ticket: nat64) -> Async[TicketAnswer]:
    """As `get_ticket` on behalf of `caller`, without a proof. Callers: index."""
    return (yield from answer_later(ticket_queries.ticket(env, reading_call(caller), grants_in_query, ticket)))


@update
def facade_get_ticket_replicated(caller: Principal, ticket: nat64) -> Async[TicketAnswer]:
    """As `get_ticket_replicated` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(ticket_queries.ticket(env, reading_call(caller), grants_of, ticket)))


@query
def facade_list_tickets(caller: Principal, request: ListTickets) -> Async[TicketPageAnswer]:
    """As `list_tickets` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(ticket_queries.tickets(env, reading_call(caller), grants_in_query, request)))


@update
def facade_list_tickets_replicated(caller: Principal, request: ListTickets) -> Async[TicketPageAnswer]:
    """As `list_tickets_replicated` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(ticket_queries.tickets(env, reading_call(caller), grants_of, request)))


@query
def facade_list_comments(caller: Principal, request: ListComments) -> Async[CommentPageAnswer]:
    """As `list_comments` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(ticket_queries.comments(env, reading_call(caller), grants_in_query, request)))


@update
def facade_list_comments_replicated(caller: Principal, request: ListComments) -> Async[CommentPageAnswer]:
    """As `list_comments_replicated` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(ticket_queries.comments(env, reading_call(caller), grants_of, request)))


@update
def facade_begin_upload(caller: Principal, request: BeginUpload) -> Async[UploadAnswer]:
    """As `begin_upload` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(attachment_calls.begin(env, facade_call("begin_upload", caller), request)))


@update
def facade_put_chunk(caller: Principal, request: PutChunk) -> Async[UploadAnswer]:
    """As `put_chunk` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(attachment_calls.put_chunk(env, repeatable_call(caller), request)))


@update
def facade_finish_upload(caller: Principal, request: FinishUpload) -> Async[AttachmentReceiptAnswer]:
    """As `finish_upload` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(attachment_calls.finish(env, facade_call("finish_upload", caller), request)))


@update
def facade_abandon_upload(caller: Principal, request: UploadRef) -> Async[DoneAnswer]:
    """As `abandon_upload` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, uploads.abandon)
    return (yield from answer_later(steps))


@query
def facade_upload_status(caller: Principal, request: UploadRef) -> Async[UploadAnswer]:
    """As `upload_status` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_in_query, request, uploads.status)
    return (yield from answer_later(steps))


@update
def facade_upload_status_replicated(caller: Principal, request: UploadRef) -> Async[UploadAnswer]:
    """As `upload_status_replicated` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, uploads.status)
    return (yield from answer_later(steps))


@query
def facade_list_attachments(caller: Principal, request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """As `list_attachments` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_in_query, request, attachment_reads.page)
    return (yield from answer_later(steps))


@update
def facade_list_attachments_replicated(caller: Principal, request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """As `list_attachments_replicated` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, attachment_reads.page)
    return (yield from answer_later(steps))


@query
def facade_get_attachment(caller: Principal, request: AttachmentRef) -> Async[AttachmentAnswer]:
    """As `get_attachment` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_in_query, request, attachment_reads.one)
    return (yield from answer_later(steps))


@update
def facade_get_attachment_replicated(caller: Principal, request: AttachmentRef) -> Async[AttachmentAnswer]:
    """As `get_attachment_replicated` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, attachment_reads.one)
    return (yield from answer_later(steps))


@query
def facade_read_chunk(caller: Principal, request: ReadChunk) -> Async[ChunkContentAnswer]:
    """As `read_chunk` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_in_query, request, attachment_reads.chunk)
    return (yield from answer_later(steps))


@update
def facade_read_chunk_replicated(caller: Principal, request: ReadChunk) -> Async[ChunkContentAnswer]:
    """As `read_chunk_replicated` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, attachment_reads.chunk)
    return (yield from answer_later(steps))


@query
def facade_open_download(caller: Principal, request: AttachmentRef) -> Async[DownloadAnswer]:
    """As `open_download` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_in_query, request, attachment_reads.download)
    return (yield from answer_later(steps))


@update
def facade_open_download_replicated(caller: Principal, request: AttachmentRef) -> Async[DownloadAnswer]:
    """As `open_download_replicated` on behalf of `caller`. Callers: index."""
    steps = about_ticket(env, reading_call(caller), grants_of, request, attachment_reads.download)
    return (yield from answer_later(steps))


@update
def facade_answer_survey(caller: Principal, request: AnswerSurvey) -> Async[ReceiptAnswer]:
    """As `answer_survey` on behalf of `caller`. Callers: index."""
    call = facade_call("answer_survey", caller)
    return (yield from answer_later(shard_calls.change(env, call, request, surveys.answer)))


@query
def facade_get_survey(caller: Principal, request: OneTicket) -> Async[SurveyAnswer]:
    """As `get_survey` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(about_ticket(env, reading_call(caller), grants_in_query, request, surveys.one)))


@update
def facade_get_survey_replicated(caller: Principal, request: OneTicket) -> Async[SurveyAnswer]:
    """As `get_survey_replicated` on behalf of `caller`. Callers: index."""
    return (yield from answer_later(about_ticket(env, reading_call(caller), grants_of, request, surveys.one)))
