"""The index's endpoints: who may call, what is awaited, which function does the work."""

from index_canister import (
    catalogue_reads,
    configuration_pushes,
    configuring,
    facade,
    fleet_settings,
    index_calls,
    index_stores,
    placing,
    privacy_ordering,
    privacy_telling,
    relating,
    routing,
    spawning,
    time_zones_held,
)
from index_canister.facade import about_ticket
from index_canister.index_env import IndexEnv, IndexStores
from index_canister.index_types import (
    ChunkAnswer,
    CreateOrganisation,
    ErrorText,
    IndexSettings,
    IndexSettingsAnswer,
    ListShardTickets,
    OrganisationInfoAnswer,
    Place,
    PlacementAnswer,
    Route,
    RouteAnswer,
    RoutingTable,
    SetModule,
    ShardInfosAnswer,
    SpawnShard,
    UpgradeShard,
    UploadChunk,
)
from index_canister.time_zone_types import PutTimeZones, TimeZonesAnswer
from kybra import Async, Vec, ic, init, nat64, post_upgrade, query, text, update, void

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
from vex_canister.configuration_types import ConfigurationAnswer, SetConfiguration
from vex_canister.error_types import DoneAnswer, NumberAnswer
from vex_canister.fleet_types import FillReport
from vex_canister.forgetting import forget_grants
from vex_canister.garbage import collect_by_timer, set_aside
from vex_canister.grant_types import GrantChange
from vex_canister.incoming_call import direct_call, reading_call
from vex_canister.life_types import ChildNews, RelateTickets, RelationAnswer
from vex_canister.privacy_types import ErasePerson, SetHold
from vex_canister.survey_types import AnswerSurvey, OneTicket, SurveyAnswer
from vex_canister.ticket_types import (
    AddComment,
    CommentPageAnswer,
    CreateTicket,
    ListComments,
    ReceiptAnswer,
    TicketAnswer,
    TicketPageAnswer,
    UpdateTicket,
)

env = IndexEnv(
    IndexStores(
        {
            "settings": index_stores.index_settings,
            "chunks": index_stores.index_chunks,
            "shards": index_stores.index_shards,
            "organisations": index_stores.index_organisations,
            "placings": index_stores.index_placings,
            "tokens": index_stores.index_tokens,
            "facade": index_stores.index_facade,
            "failures": index_stores.index_failures,
            "configurations": index_stores.index_configurations,
            "documents": index_stores.index_documents,
            "acknowledgements": index_stores.index_acknowledgements,
            "zones": index_stores.index_zones,
            "zone_facts": index_stores.index_zone_facts,
            "orders": index_stores.index_orders,
            "orders_known": index_stores.index_orders_known,
            "sagas": index_stores.index_sagas,
        }
    )
)


@init
def start_index() -> void:
    """Begin with the installer as the only operator."""
    env.begin(ic.caller().bytes)
    collect_by_timer()
    spawning.watch(env)
    relating.watch(env)


@post_upgrade
def resume_index() -> void:
    """Rebuild what the heap held, and go on with what was underway."""
    env.rebuild()
    set_aside()
    collect_by_timer()
    spawning.watch(env)
    spawning.resume_soon(env)
    placing.finish_soon(env)
    configuration_pushes.push_soon(env)
    time_zones_held.refresh_soon(env)
    privacy_telling.tell_soon(env)
    relating.watch(env)
    relating.resume_soon(env)


@update
def configure(request: IndexSettings) -> IndexSettingsAnswer:
    """Change settings. Callers: operators."""
    return answer(lambda: fleet_settings.configure(env, ic.caller().bytes, request))


@query
def get_settings() -> IndexSettingsAnswer:
    """Settings and counts. Callers: operators."""
    return answer(lambda: fleet_settings.settings_view(env, ic.caller().bytes))


@update
def upload_chunk(request: UploadChunk) -> Async[ChunkAnswer]:
    """Keep a chunk of the shard's module; answers its SHA-256. Callers: operators. Awaits the chunk store."""
    return (yield from answer_later(fleet_settings.upload_chunk(env, ic.caller().bytes, request["chunk"])))


@update
def set_module(request: SetModule) -> DoneAnswer:
    """Name the module that shards to come will run. Callers: operators."""
    return answer(lambda: fleet_settings.set_module(env, ic.caller().bytes, request))


@update
def spawn_shard(request: SpawnShard) -> Async[NumberAnswer]:
    """Begin to spawn a shard; answers its number. Callers: operators. Awaits `raw_rand` before the first."""
    return (yield from answer_later(index_calls.spawn_shard(env, direct_call("spawn_shard"), request)))


@update
def upgrade_shard(request: UpgradeShard) -> Async[DoneAnswer]:
    """Upgrade a shard to the module that is set now. Callers: operators. Awaits the installation."""
    return (yield from answer_later(index_calls.upgrade_shard(env, direct_call("upgrade_shard"), request)))


@query
def list_shards() -> ShardInfosAnswer:
    """Every shard with its step of spawning and its fill. Callers: operators."""
    return answer(lambda: fleet_settings.shards_view(env, ic.caller().bytes))


@update
def report_fill(report: FillReport) -> DoneAnswer:
    """Hear how full a shard is. Callers: that shard."""
    return answer(lambda: fleet_settings.report_fill(env, ic.caller().bytes, report))


@update
def push_grants(changes: Vec[GrantChange]) -> DoneAnswer:
    """Forget grants that have changed. Callers: users."""
    return answer(lambda: forget_grants(env, ic.caller(), changes))


@query
def ping() -> nat64:
    """The routing table's epoch. Callers: anyone; the index itself, to wait for a round."""
    return env.routes.epoch


@update
def create_org(request: CreateOrganisation) -> Async[NumberAnswer]:
    """Make an organisation; answers its id. Callers: operators, or anyone when open to all. Awaits `users`."""
    return (yield from answer_later(placing.create_org(env, direct_call("create_org"), request)))


@query
def get_org(organisation: nat64) -> OrganisationInfoAnswer:
    """Whether an organisation is ready. Callers: operators, its first admin."""
    return answer(lambda: placing.organisation_info(env, ic.caller().bytes, organisation))


@update
def put_time_zones(request: PutTimeZones) -> DoneAnswer:
    """Hold time zones of IANA's database for organisations' calendars. Callers: operators."""
    return answer(lambda: time_zones_held.put_time_zones(env, ic.caller().bytes, request))


@query
def time_zones() -> TimeZonesAnswer:
    """The names of the time zones that calendars may name. Callers: anyone."""
    return answer(lambda: time_zones_held.time_zones(env))


@update
def set_configuration(request: SetConfiguration) -> Async[NumberAnswer]:
    """Replace a section of an organisation's configuration; answers its version. Callers: `organisation.configure`."""
    call = direct_call("set_configuration")
    return (yield from answer_later(configuring.set_configuration(env, call, request)))


@query
def get_configuration(organisation: nat64) -> Async[ConfigurationAnswer]:
    """What was set of an organisation's configuration. Callers: members."""
    return (yield from answer_later(configuring.configuration(env, reading_call(), organisation)))


@update
def get_configuration_replicated(organisation: nat64) -> Async[ConfigurationAnswer]:
    """As `get_configuration`, for canisters."""
    return (yield from answer_later(configuring.configuration_replicated(env, reading_call(), organisation)))


@query
def error_texts(languages: Vec[text]) -> Vec[ErrorText]:
    """What every error code means, in the first of these languages that there is. Callers: anyone."""
    return catalogue_reads.error_texts(languages)


@update
def place(request: Place) -> Async[PlacementAnswer]:
    """The shards that take an organisation's new tickets. Callers: members. Awaits grants and shards."""
    return (yield from answer_later(placing.place(env, reading_call(), request)))


@query
def shards_of(organisation: nat64) -> Async[PlacementAnswer]:
    """Every shard that ever held an organisation's tickets. Callers: members."""
    return (yield from answer_later(placing.shards_of_in_query(env, reading_call(), organisation)))


@update
def shards_of_replicated(organisation: nat64) -> Async[PlacementAnswer]:
    """As `shards_of`, for canisters."""
    return (yield from answer_later(placing.shards_of(env, reading_call(), organisation)))


@query
def route(request: Route) -> RouteAnswer:
    """The shard of a ticket id. Callers: anyone."""
    return answer(lambda: routing.route(env, request))


@query
def routing_table() -> RoutingTable:
    """All ranges, certified. Callers: anyone."""
    return routing.table(env, ic.data_certificate())


@update
def create_ticket(request: CreateTicket) -> Async[ReceiptAnswer]:
    """As at a shard, which the index chooses. Callers: customer, agent, lead, admin."""
    return (yield from index_calls.passed_on(facade.create_ticket(env, direct_call("create_ticket"), request)))


@update
def add_comment(request: AddComment) -> Async[ReceiptAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(facade.add_comment(env, direct_call("add_comment"), request)))


@update
def update_ticket(request: UpdateTicket) -> Async[ReceiptAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(facade.update_ticket(env, direct_call("update_ticket"), request)))


@update
def relate_tickets(request: RelateTickets) -> Async[RelationAnswer]:
    """Link two tickets, make one the other's child, take that away, or merge one into the other.

    Callers: who may update both. Awaits both shards.
    """
    return (yield from answer_later(relating.relate(env, direct_call("relate_tickets"), request)))


@update
def relay_child_news(news: ChildNews) -> Async[DoneAnswer]:
    """Pass on to a parent's shard whether a child is settled. Callers: the child's shard."""
    return (yield from answer_later(relating.relay_child_news(env, ic.caller().bytes, news)))


@query
def get_ticket(ticket: nat64) -> Async[TicketAnswer]:
    """As at the ticket's shard, without a proof."""
    return (yield from index_calls.passed_on(facade.get_ticket(env, reading_call(), ticket, False)))


@update
def get_ticket_replicated(ticket: nat64) -> Async[TicketAnswer]:
    """As `get_ticket`, for canisters."""
    return (yield from index_calls.passed_on(facade.get_ticket(env, reading_call(), ticket, True)))


@query
def list_tickets(request: ListShardTickets) -> Async[TicketPageAnswer]:
    """A page of an organisation's tickets at one of its shards."""
    return (yield from index_calls.passed_on(facade.list_tickets(env, reading_call(), request, False)))


@update
def list_tickets_replicated(request: ListShardTickets) -> Async[TicketPageAnswer]:
    """As `list_tickets`, for canisters."""
    return (yield from index_calls.passed_on(facade.list_tickets(env, reading_call(), request, True)))


@query
def list_comments(request: ListComments) -> Async[CommentPageAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(facade.list_comments(env, reading_call(), request, False)))


@update
def list_comments_replicated(request: ListComments) -> Async[CommentPageAnswer]:
    """As `list_comments`, for canisters."""
    return (yield from index_calls.passed_on(facade.list_comments(env, reading_call(), request, True)))


@update
def begin_upload(request: BeginUpload) -> Async[UploadAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(facade.change(env, direct_call("begin_upload"), request, "begin_upload")))


@update
def put_chunk(request: PutChunk) -> Async[UploadAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "put_chunk")))


@update
def finish_upload(request: FinishUpload) -> Async[AttachmentReceiptAnswer]:
    """As at the ticket's shard."""
    call = direct_call("finish_upload")
    return (yield from index_calls.passed_on(facade.change(env, call, request, "finish_upload")))


@update
def abandon_upload(request: UploadRef) -> Async[DoneAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "abandon_upload")))


@query
def upload_status(request: UploadRef) -> Async[UploadAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "upload_status")))


@update
def upload_status_replicated(request: UploadRef) -> Async[UploadAnswer]:
    """As `upload_status`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "upload_status_replicated")))


@query
def list_attachments(request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "list_attachments")))


@update
def list_attachments_replicated(request: ListAttachments) -> Async[AttachmentPageAnswer]:
    """As `list_attachments`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "list_attachments_replicated")))


@query
def get_attachment(request: AttachmentRef) -> Async[AttachmentAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "get_attachment")))


@update
def get_attachment_replicated(request: AttachmentRef) -> Async[AttachmentAnswer]:
    """As `get_attachment`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "get_attachment_replicated")))


@query
def read_chunk(request: ReadChunk) -> Async[ChunkContentAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "read_chunk")))


@update
def read_chunk_replicated(request: ReadChunk) -> Async[ChunkContentAnswer]:
    """As `read_chunk`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "read_chunk_replicated")))


@query
def open_download(request: AttachmentRef) -> Async[DownloadAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "open_download")))


@update
def open_download_replicated(request: AttachmentRef) -> Async[DownloadAnswer]:
    """As `open_download`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "open_download_replicated")))


@update
def answer_survey(request: AnswerSurvey) -> Async[ReceiptAnswer]:
    """As at the ticket's shard."""
    call = direct_call("answer_survey")
    return (yield from index_calls.passed_on(facade.change(env, call, request, "answer_survey")))


@query
def get_survey(request: OneTicket) -> Async[SurveyAnswer]:
    """As at the ticket's shard."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "get_survey")))


@update
def get_survey_replicated(request: OneTicket) -> Async[SurveyAnswer]:
    """As `get_survey`, for canisters."""
    return (yield from index_calls.passed_on(about_ticket(env, reading_call(), request, "get_survey_replicated")))


@update
def erase_person(request: ErasePerson) -> Async[NumberAnswer]:
    """Order that a person be erased in an organisation; the order's number. Callers: `privacy.erase`."""
    return (yield from answer_later(privacy_ordering.erase_person(env, direct_call("erase_person"), request)))


@update
def set_hold(request: SetHold) -> Async[NumberAnswer]:
    """Place or lift a legal hold; the order's number. Callers: `hold.manage`."""
    return (yield from answer_later(privacy_ordering.set_hold(env, direct_call("set_hold"), request)))
