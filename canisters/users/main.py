"""The endpoints of `users`: who may call, what is awaited, which function does the work."""

from kybra import Async, Opt, Principal, Vec, ic, init, nat32, nat64, post_upgrade, query, update, void
from users_canister import (
    directory,
    identities,
    invitations,
    joining,
    organisation_roles,
    people_changes,
    people_reads,
    person_erasing,
    platform_settings,
    service_accounts,
    users_calls,
    users_stores,
    work,
)
from users_canister.identity_types import (
    BeginLink,
    BeginRecovery,
    BeginUnlink,
    CancelCode,
    ConfirmIdentity,
    CreateApiKey,
    CreateServiceAccount,
    IdentitiesAnswer,
    RevokeApiKey,
)
from users_canister.joining_types import (
    AcceptInvitation,
    AskingPeopleAnswer,
    CreateInvitation,
    DecideJoining,
    InvitationPageAnswer,
    JoiningAnswer,
    JoiningPolicyAnswer,
    ListInvitations,
    MembershipAnswer,
    PublicProfileAnswer,
    RevokeInvitation,
    SetJoining,
)
from users_canister.member_types import (
    AddPeople,
    CreateTeam,
    DeactivateMember,
    DefineRole,
    DeleteRole,
    ListMembers,
    MemberPageAnswer,
    OneOrganisation,
    OrganisationAnswer,
    OrganisationRolesAnswer,
    PeopleIdsAnswer,
    SetMember,
    SetOutOfOffice,
    SetWork,
    UpdateRole,
)
from users_canister.person_types import (
    ExportedPersonAnswer,
    ExportPersonRecord,
    PersonAnswer,
    RegisterPerson,
    UpdateProfile,
)
from users_canister.users_env import UsersEnv, UsersStores
from users_canister.users_types import PushBacklogAnswer, UsersSettings, UsersSettingsAnswer

from vex_canister.answers import answer, answer_later
from vex_canister.error_types import DoneAnswer, NumberAnswer
from vex_canister.garbage import collect_by_timer, set_aside
from vex_canister.grant_types import GrantsAnswer, KnownPeopleAnswer
from vex_canister.incoming_call import direct_call
from vex_canister.organisation_types import RegisterOrganisation
from vex_canister.privacy_types import PrivacyOrder
from vex_canister.roster_types import RosterAnswer

env = UsersEnv(
    UsersStores(
        {
            "settings": users_stores.users_settings,
            "people": users_stores.users_people,
            "identities": users_stores.users_identities,
            "organisations": users_stores.users_organisations,
            "members": users_stores.users_members,
            "rolls": users_stores.users_rolls,
            "teams": users_stores.users_teams,
            "roles": users_stores.users_roles,
            "shards": users_stores.users_shards,
            "tokens": users_stores.users_tokens,
            "failures": users_stores.users_failures,
            "work": users_stores.users_work,
            "linked": users_stores.users_linked,
            "codes": users_stores.users_codes,
            "invitations": users_stores.users_invitations,
            "policies": users_stores.users_policies,
            "asking": users_stores.users_asking,
            "staff": users_stores.users_staff,
            "api_keys": users_stores.users_api_keys,
        }
    )
)


@init
def start_users() -> void:
    """Begin with the installer as the only operator."""
    env.begin(ic.caller().bytes)
    collect_by_timer()


@post_upgrade
def resume_users() -> void:
    """Rebuild what the heap held."""
    env.rebuild()
    set_aside()
    collect_by_timer()


@update
def configure(request: UsersSettings) -> UsersSettingsAnswer:
    """Change settings. Callers: operators."""
    return answer(lambda: platform_settings.configure(env, ic.caller().bytes, request))


@query
def get_settings() -> UsersSettingsAnswer:
    """Settings and counts. Callers: operators."""
    return answer(lambda: platform_settings.settings_view(env, ic.caller().bytes))


@update
def register(request: RegisterPerson) -> Async[PersonAnswer]:
    """Register the caller as a person. Callers: anyone but the anonymous. Awaits `raw_rand` before the first."""
    return (yield from answer_later(users_calls.register(env, direct_call("register"), request)))


@query
def whoami() -> PersonAnswer:
    """The caller's own record."""
    return answer(lambda: people_reads.person_view(env, directory.person_of(env, ic.caller().bytes)))


@update
def add_people(request: AddPeople) -> Async[PeopleIdsAnswer]:
    """Make people members, registering the unknown. Callers: `members.manage`."""
    return (yield from answer_later(users_calls.add_people(env, direct_call("add_people"), request)))


@update
def set_member(request: SetMember) -> Async[NumberAnswer]:
    """Replace a member's roles and teams; answers the epoch. Callers: `members.manage`."""
    call = direct_call("set_member")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.set_member)))


@update
def create_team(request: CreateTeam) -> Async[NumberAnswer]:
    """Make a team; answers its number. Callers: `teams.manage`."""
    call = direct_call("create_team")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.create_team)))


@update
def define_role(request: DefineRole) -> Async[NumberAnswer]:
    """Define a role; answers its number. Callers: `roles.manage`."""
    call = direct_call("define_role")
    return (yield from answer_later(users_calls.number(env, call, request, organisation_roles.define_role)))


@update
def update_role(request: UpdateRole) -> Async[NumberAnswer]:
    """Change what a role allows; answers the epoch. Callers: `roles.manage`."""
    call = direct_call("update_role")
    return (yield from answer_later(users_calls.number(env, call, request, organisation_roles.update_role)))


@update
def delete_role(request: DeleteRole) -> Async[NumberAnswer]:
    """Delete a role of the organisation's own; answers the epoch. Callers: `roles.manage`."""
    call = direct_call("delete_role")
    return (yield from answer_later(users_calls.number(env, call, request, organisation_roles.delete_role)))


@update
def update_profile(request: UpdateProfile) -> Async[PersonAnswer]:
    """Replace one's own name, e-mail and language. Callers: registered people, not by an API key."""
    return (yield from answer_later(users_calls.update_profile(env, direct_call("update_profile"), request)))


@update
def deactivate_member(request: DeactivateMember) -> Async[NumberAnswer]:
    """Deactivate a member, or undo it; answers the epoch. Callers: `members.manage`."""
    call = direct_call("deactivate_member")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.deactivate_member)))


@update
def leave(request: OneOrganisation) -> Async[NumberAnswer]:
    """End one's own membership; answers the epoch. Callers: members but for the last admin."""
    call = direct_call("leave")
    return (yield from answer_later(users_calls.repeatable(env, call, request, people_changes.leave)))


@update
def set_work(request: SetWork) -> Async[NumberAnswer]:
    """Set a member's skills, capacity and calendar; answers the epoch. Callers: `teams.manage`."""
    call = direct_call("set_work")
    return (yield from answer_later(users_calls.repeatable(env, call, request, work.set_work)))


@update
def set_out_of_office(request: SetOutOfOffice) -> Async[NumberAnswer]:
    """Be away, or back; answers the epoch. Callers: members for themselves, `teams.manage` for others."""
    call = direct_call("set_out_of_office")
    return (yield from answer_later(users_calls.repeatable(env, call, request, work.set_out_of_office)))


@update
def set_joining(request: SetJoining) -> Async[DoneAnswer]:
    """Say how people join the organisation. Callers: `members.manage`."""
    call = direct_call("set_joining")
    return (yield from answer_later(users_calls.repeatable(env, call, request, joining.set_policy)))


@query
def get_joining(organisation: nat64) -> JoiningPolicyAnswer:
    """How people join the organisation. Callers: members."""
    return answer(lambda: joining.policy_view(env, ic.caller().bytes, organisation))


@query
def public_profile(organisation: nat64) -> PublicProfileAnswer:
    """What an organisation makes public, if it does. Callers: anyone."""
    return answer(lambda: joining.public_profile(env, organisation))


@update
def join(request: OneOrganisation) -> Async[JoiningAnswer]:
    """Join an organisation that is open, or ask to by mail domain. Callers: registered people."""
    call = direct_call("join")
    return (yield from answer_later(users_calls.repeatable(env, call, request, joining.join)))


@query
def list_asking(organisation: nat64) -> AskingPeopleAnswer:
    """Who asks to join. Callers: `members.manage`."""
    return answer(lambda: joining.asking_view(env, ic.caller().bytes, organisation))


@update
def decide_joining(request: DecideJoining) -> Async[NumberAnswer]:
    """Let somebody in who asks, or not; answers the epoch, 0 when not. Callers: `members.manage`."""
    call = direct_call("decide_joining")
    return (yield from answer_later(users_calls.number(env, call, request, joining.decide)))


@update
def create_invitation(request: CreateInvitation) -> Async[NumberAnswer]:
    """Keep an invitation; answers its number. Callers: `members.manage`."""
    call = direct_call("create_invitation")
    return (yield from answer_later(users_calls.number(env, call, request, invitations.create)))


@update
def accept_invitation(request: AcceptInvitation) -> Async[MembershipAnswer]:
    """Become a member by an invitation's code, once. Callers: anyone but the anonymous and API keys."""
    return (yield from answer_later(users_calls.accept_invitation(env, direct_call("accept_invitation"), request)))


@update
def revoke_invitation(request: RevokeInvitation) -> Async[NumberAnswer]:
    """Take an open invitation back. Callers: `members.manage`."""
    call = direct_call("revoke_invitation")
    return (yield from answer_later(users_calls.repeatable(env, call, request, invitations.revoke)))


@query
def list_invitations(request: ListInvitations) -> InvitationPageAnswer:
    """A page of invitations, without their codes. Callers: `members.manage`."""
    return answer(lambda: invitations.page(env, ic.caller().bytes, request))


@update
def begin_link(request: BeginLink) -> Async[NumberAnswer]:
    """Open a code for another principal of one's own; answers the person. Callers: registered people."""
    call = direct_call("begin_link")
    return (yield from answer_later(users_calls.number(env, call, request, identities.begin_link)))


@update
def begin_unlink(request: BeginUnlink) -> Async[NumberAnswer]:
    """Open a code by which one of one's principals goes; answers the person. Callers: registered people."""
    call = direct_call("begin_unlink")
    return (yield from answer_later(users_calls.number(env, call, request, identities.begin_unlink)))


@update
def begin_recovery(request: BeginRecovery) -> Async[NumberAnswer]:
    """Open a code for a successor of all of a person's principals. Callers: `members.manage`, operators."""
    call = direct_call("begin_recovery")
    return (yield from answer_later(users_calls.number(env, call, request, identities.begin_recovery)))


@update
def confirm_identity(request: ConfirmIdentity) -> Async[NumberAnswer]:
    """Show a code about one's identity; answers the person. Callers: the principal that the code is for."""
    call = direct_call("confirm_identity")
    return (yield from answer_later(users_calls.number(env, call, request, identities.confirm)))


@update
def cancel_code(request: CancelCode) -> Async[NumberAnswer]:
    """Take the open code about oneself back; answers 1 if there was one. Callers: registered people."""
    call = direct_call("cancel_code")
    return (yield from answer_later(users_calls.repeatable(env, call, request, identities.cancel_code)))


@query
def my_identities() -> IdentitiesAnswer:
    """The caller's principals and open code. Callers: registered people."""
    return answer(lambda: identities.identities_view(env, ic.caller().bytes))


@update
def create_service_account(request: CreateServiceAccount) -> Async[NumberAnswer]:
    """Make a service account; answers its person. Callers: `members.manage`."""
    call = direct_call("create_service_account")
    return (yield from answer_later(users_calls.number(env, call, request, service_accounts.create_account)))


@update
def create_api_key(request: CreateApiKey) -> Async[NumberAnswer]:
    """Open a code for an API key; answers the person. Callers: `members.manage` for accounts, oneself."""
    call = direct_call("create_api_key")
    return (yield from answer_later(users_calls.number(env, call, request, service_accounts.create_key)))


@update
def revoke_api_key(request: RevokeApiKey) -> Async[NumberAnswer]:
    """End an API key; answers the person. Callers: `members.manage` for accounts, oneself."""
    call = direct_call("revoke_api_key")
    return (yield from answer_later(users_calls.number(env, call, request, service_accounts.revoke_key)))


@update
def register_organisation(request: RegisterOrganisation) -> Async[DoneAnswer]:
    """Make an organisation with its first admin. Callers: index."""
    return (yield from answer_later(users_calls.register_organisation(env, ic.caller().bytes, request)))


@update
def register_shard(shard: Principal) -> DoneAnswer:
    """Let a shard ask for grants. Callers: index."""
    return answer(lambda: platform_settings.register_shard(env, ic.caller().bytes, shard.bytes))


@query
def get_organisation(organisation: nat64) -> OrganisationAnswer:
    """Name and counts. Callers: members, operators."""
    return answer(lambda: people_reads.organisation_view(env, ic.caller().bytes, organisation))


@query
def list_members(request: ListMembers) -> MemberPageAnswer:
    """A page of members. Callers: `members.read`."""
    return answer(lambda: people_reads.members_page(env, ic.caller().bytes, request))


@query
def list_roles(organisation: nat64) -> OrganisationRolesAnswer:
    """Teams and roles. Callers: members."""
    return answer(lambda: people_reads.roles_view(env, ic.caller().bytes, organisation))


@query
def grants(subject: Principal, organisation: nat64) -> GrantsAnswer:
    """What a principal may do. Callers: the principal, shards, index, operators."""
    return answer(lambda: users_calls.grants(env, ic.caller().bytes, subject.bytes, organisation))


@update
def request_grants(subject: Principal, organisation: nat64) -> GrantsAnswer:
    """As `grants`, for a shard that caches the answer and wants to hear of changes."""
    return answer(lambda: users_calls.request_grants(env, ic.caller().bytes, subject.bytes, organisation))


@update
def roster(organisation: nat64) -> RosterAnswer:
    """Who may be assigned tickets. Callers: shards, index, which are told of changes for an hour."""
    return answer(lambda: users_calls.roster(env, ic.caller().bytes, organisation))


@query
def known_people(organisation: nat64, people: Vec[nat64]) -> KnownPeopleAnswer:
    """Which of up to 200 people are members. Callers: shards, index."""
    return answer(lambda: users_calls.known_people(env, ic.caller().bytes, organisation, people))


@update
def set_people_limit(organisation: nat64, most: Opt[nat32]) -> DoneAnswer:
    """How many members an organisation may have. Callers: index."""
    return answer(lambda: users_calls.set_people_limit(env, ic.caller().bytes, organisation, most))


@update
def push_privacy(order: PrivacyOrder) -> DoneAnswer:
    """Erase a person's record and membership. Callers: index."""
    return answer(lambda: person_erasing.take_order(env, ic.caller().bytes, order))


@query
def export_person(request: ExportPersonRecord) -> ExportedPersonAnswer:
    """What is held of a person. Callers: the person, `privacy.export`, operators."""
    asked = (ic.caller().bytes, request["organisation"], request["person"])
    return answer(lambda: person_erasing.export_record(env, *asked))


@query
def push_backlog() -> PushBacklogAnswer:
    """Pushes that wait and failures of timers. Callers: operators."""
    return answer(lambda: users_calls.push_backlog(env, ic.caller().bytes))
