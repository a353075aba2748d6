"""The endpoints of `users`: who may call, what is awaited, which function does the work."""

from kybra import Async, Principal, ic, init, nat64, post_upgrade, query, update, void
from users_canister import directory, people_changes, people_reads, platform_settings, users_calls, users_stores
from users_canister.users_env import UsersEnv, UsersStores
from users_canister.users_types import (
    AddPeople,
    CreateTeam,
    DefineRole,
    ListMembers,
    MemberPageAnswer,
    OrganisationAnswer,
    OrganisationRolesAnswer,
    PeopleIdsAnswer,
    PersonAnswer,
    PushBacklogAnswer,
    RegisterPerson,
    SetMember,
    UsersSettings,
    UsersSettingsAnswer,
)

from vex_canister.answers import answer, answer_later
from vex_canister.error_types import DoneAnswer, NumberAnswer
from vex_canister.garbage import collect_by_timer, set_aside
from vex_canister.grant_types import GrantsAnswer
from vex_canister.incoming_call import direct_call
from vex_canister.organisation_types import RegisterOrganisation

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
    """Make people members, registering the unknown. Callers: `members.manage`, operators."""
    return (yield from answer_later(users_calls.add_people(env, direct_call("add_people"), request)))


@update
def set_member(request: SetMember) -> Async[NumberAnswer]:
    """Replace a member's roles and teams; answers the epoch. Callers: `members.manage`, operators."""
    call = direct_call("set_member")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.set_member)))


@update
def create_team(request: CreateTeam) -> Async[NumberAnswer]:
    """Make a team; answers its number. Callers: `teams.manage`, operators."""
    call = direct_call("create_team")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.create_team)))


@update
def define_role(request: DefineRole) -> Async[NumberAnswer]:
    """Define a role; answers its number. Callers: `roles.manage`, operators."""
    call = direct_call("define_role")
    return (yield from answer_later(users_calls.number(env, call, request, people_changes.define_role)))


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
    """A page of members. Callers: `members.read`, operators."""
    return answer(lambda: people_reads.members_page(env, ic.caller().bytes, request))


@query
def list_roles(organisation: nat64) -> OrganisationRolesAnswer:
    """Teams and roles. Callers: members, operators."""
    return answer(lambda: people_reads.roles_view(env, ic.caller().bytes, organisation))


@query
def grants(subject: Principal, organisation: nat64) -> GrantsAnswer:
    """What a principal may do. Callers: the principal, shards, index, operators."""
    return answer(lambda: users_calls.grants(env, ic.caller().bytes, subject.bytes, organisation))


@update
def request_grants(subject: Principal, organisation: nat64) -> GrantsAnswer:
    """As `grants`, for a shard that caches the answer and wants to hear of changes."""
    return answer(lambda: users_calls.request_grants(env, ic.caller().bytes, subject.bytes, organisation))


@query
def push_backlog() -> PushBacklogAnswer:
    """Pushes that wait and failures of timers. Callers: operators."""
    return answer(lambda: users_calls.push_backlog(env, ic.caller().bytes))
