"""The environment for a tool: base URL, key and model of one endpoint. No request is made."""

from __future__ import annotations

from secrets import token_bytes

from reconciler import address, codes, text
from reconciler.address import Address
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error, note
from reconciler.engine.keys.keyring import Keyring
from reconciler.engine.keys.request import Checked, key_of
from reconciler.engine.options import Options
from reconciler.engine.select_model import choose_model
from reconciler.engine.stack.session import Session, known_endpoints, open_session
from reconciler.engine.trust.pairs import want_of_variable
from reconciler.engine.trust.withheld_messages import about_endpoint
from reconciler.errors import Failed
from reconciler.render.json.types.resolved import ResolvedDocument
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Recorded, Resource
from reconciler.secrets.key import Key
from reconciler.secrets.marks import SetFor, set_for
from reconciler.secrets.reference import EnvReference
from reconciler.tools.environment import PLACEHOLDER, LeftOut, Stamp, ToolEnvironment, tool_environment
from reconciler.tools.families import families_of
from reconciler.tools.resolved import KeyDocument, for_one_tool, reach_of, resolved_document
from reconciler.values import dataclass


@dataclass(frozen=True)
class EquippedTool:
    """The environment for a tool, and the diagnostics about the environment."""

    environment: ToolEnvironment
    resolved: ResolvedDocument  # of this endpoint alone
    diagnostics: tuple[Diagnostic, ...] = ()


def equip(options: Options, model: str | None, endpoint: str | None, with_keys: bool = True) -> EquippedTool:
    """Return the environment for the named model, the named endpoint or the chat default.

    The key is read only if `with_keys` is true. A request reads the key by the same rules. Raise `Failed` if the key is
    not available.
    """
    session = open_session(options, _sent_to(endpoint) if with_keys else ())
    recorded = session.recorded
    chosen, model_id = _chosen(session, recorded, model, endpoint)
    if not families_of(chosen):
        raise Failed(_no_names(chosen))
    if recorded and address.endpoint(chosen.name) not in recorded:
        raise Failed(_not_applied(chosen))
    if not with_keys:
        _refuse_to_pair(chosen, session)
    key, diagnostics = _key(chosen, session.keys) if with_keys else (_unread(chosen, session.keys), ())
    stamp = Stamp(session.gateway.name, token_bytes(16))
    environment = tool_environment(
        chosen, model_id, reach=reach_of(chosen, recorded), key=key, environ=options.environ, stamp=stamp
    )
    return EquippedTool(
        environment, _resolved(session, chosen, environment), (*diagnostics, *_said(chosen, environment, key))
    )


def _resolved(session: Session, endpoint: Endpoint, environment: ToolEnvironment) -> ResolvedDocument:
    """Return the resolved file of the endpoint. The file names the first variable that contains the key."""
    key: KeyDocument = {"env": environment.key_names[0]} if environment.key_names else None
    recorded = dict(session.recorded)
    if environment.model is not None:
        at = address.model(endpoint.name, environment.model)
        recorded.setdefault(at, _not_recorded(session, at))
    document = resolved_document(session.gateway.name, [endpoint], recorded, {endpoint.name: key})
    return for_one_tool(document, environment.model)


def _not_recorded(session: Session, at: Address) -> Resource:
    """Return the model that the user named. The model was never applied."""
    declared = session.gateway.declared(at)
    return Resource(at, ModelAttributes(purpose=(declared.purpose if declared else None) or "chat"))


def _sent_to(endpoint: str | None) -> list[str] | None:
    """Return the endpoints whose keys are passed on.

    None means all endpoints, because the model is not selected yet.
    """
    return [endpoint] if endpoint is not None else None


def _refuse_to_pair(endpoint: Endpoint, session: Session) -> None:
    """Raise `Failed` if a tool would send a key from its own variables to this endpoint without consent.

    A tool reads the base URL from gwctl and sends the key that is already in its environment.
    """
    environ = session.options.environ
    names = dict.fromkeys(name for family in families_of(endpoint) for name in family.keys_read(environ))
    whose = SetFor(session.gateway.name, endpoint.name)
    wants = [want_of_variable(endpoint, name) for name in names if set_for(environ, name) != whose]
    session.trust.agree(wants)
    session.trust.write_down()
    withheld = [want.pair for want in session.trust.withheld if want in wants]
    if withheld:
        at = address.endpoint(endpoint.name)
        summary, detail, hint = about_endpoint(endpoint.name, withheld, session.trust.elsewhere, session.options.typed)
        raise Failed(error(codes.KEY_WITHHELD, summary, detail=detail, hint=hint, address=at, source=endpoint.source))


def _chosen(
    session: Session, recorded: Recorded, model: str | None, endpoint: str | None
) -> tuple[Endpoint, str | None]:
    endpoints = session.gateway.endpoints
    if endpoint is not None:
        known_endpoints(session.gateway, [endpoint], "--endpoint")
        return endpoints[endpoint], None
    at = choose_model(session.gateway, recorded, model)
    if "\0" in at.model_id or not _is_text(at.model_id):
        summary = f"The ID `{text.printable(at.model_id)}` cannot be used in an environment variable"
        raise Failed(
            error(codes.UNUSABLE_MODEL_ID, summary, hint="name another model: --model ENDPOINT/ID", address=at)
        )
    return endpoints[at.endpoint], at.model_id


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _key(endpoint: Endpoint, keys: Keyring) -> Checked:
    checked = key_of(endpoint, keys)()
    if isinstance(checked, Observation):
        at = address.endpoint(endpoint.name)
        raise Failed(
            error(
                checked.code or codes.MISSING_API_KEY,
                checked.summary,
                detail=checked.detail,
                hint=checked.hint,
                address=at,
                source=endpoint.source,
            )
        )
    return checked


def _unread(endpoint: Endpoint, keys: Keyring) -> LeftOut | None:
    return None if keys.may_be_blank(endpoint) and not endpoint.key_required else LeftOut()


def _said(endpoint: Endpoint, environment: ToolEnvironment, key: Key | LeftOut | None) -> list[Diagnostic]:
    at = address.endpoint(endpoint.name)
    diagnostics = []
    if isinstance(key, LeftOut) and environment.key_names:
        names = ", ".join(environment.key_names)
        diagnostics.append(note(codes.KEYS_LEFT_OUT, f"keys omitted (no --with-keys): {names}", address=at))
    unasked = isinstance(endpoint.key, EnvReference) and endpoint.key.unasked
    if key is None and endpoint.key is not None and not unasked:
        summary = f"no key: {endpoint.key} is not set; tools that require a key get the placeholder `{PLACEHOLDER}`"
        diagnostics.append(note(codes.NO_KEY, summary, address=at))
    untold = ", ".join(f"`{name}`" for name in endpoint.not_passed)
    if untold:
        diagnostics.append(note(codes.NOT_PASSED, f"not passed to tools: the endpoint's {untold}", address=at))
    return diagnostics


def _not_applied(endpoint: Endpoint) -> Diagnostic:
    return error(
        codes.NOT_APPLIED_YET,
        f"{address.endpoint(endpoint.name)} is in the gateway file but has not been applied yet",
        detail="Tools get only what was applied. Nothing was passed on.",
        hint="gwctl apply",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )


def _no_names(endpoint: Endpoint) -> Diagnostic:
    return error(
        codes.NO_VARIABLES,
        f"No environment variables are defined for the dialect `{endpoint.preset.dialect}`",
        detail="Tools have no common variable for the base URL. With the key alone, tools would contact the "
        "vendor's own host.",
        hint="choose another endpoint: --endpoint NAME",
        address=address.endpoint(endpoint.name),
        source=endpoint.source,
    )
