"""The `vertex` dialect: the models of a publisher, and generateContent below a project.

Sources: docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list and
…/rest/v1/projects.locations.publishers.models/generateContent. A base URL that ends with `/v1` is for express mode.
"""

from __future__ import annotations

import re

from reconciler import codes
from reconciler.live.chat_apis.generate_content import generate_content
from reconciler.live.dialect import Dialect, next_by_token
from reconciler.live.fault import Fault
from reconciler.live.urls import path_segment

_PROJECT = re.compile(r"/v1(beta1)?(/projects/[^/]+/locations/[^/]+)?$")
_MODEL = re.compile(r"publishers/([^/]+)/models/(.*)", re.DOTALL)


def list_base(base_url: str) -> str:
    """Return the base URL without the version and the project. The path of the model list has neither."""
    return _PROJECT.sub("", base_url)


def path(base_url: str, model_id: str) -> str:
    """Return the path of the chat below a project. An ID without a publisher belongs to Google."""
    if not _PROJECT.search(base_url):
        hint = f"write `base_url: {base_url}/v1/projects/PROJECT/locations/LOCATION`"
        raise Fault(
            codes.CHAT_NOT_SUPPORTED, "Vertex AI needs a project for chat, but the base URL has no project.", hint
        )
    match = _MODEL.fullmatch(model_id)
    publisher, name = match.groups() if match else ("google", model_id)
    return f"/publishers/{path_segment(publisher)}/models/{path_segment(name)}:generateContent"


DIALECT = Dialect(
    list_path="/v1beta1/publishers/google/models",
    containers=(("publisherModels",),),
    ids=("name",),
    may_be_bare=True,
    list_base=list_base,
    next_page=next_by_token("nextPageToken", "pageToken"),
    chat=generate_content(path),
)
