"""Attributes for tests in which only one or two of them matter."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.address import APIS, CAPABILITIES
from reconciler.resources.attributes import MOST_TOKENS, DiscoverAttributes, EndpointAttributes, ModelDetails


def endpoint_attributes(**fields: Any) -> EndpointAttributes:
    """Return the attributes of an endpoint without key, headers and filters, plus these fields."""
    usual = {
        "base_url": "https://a.example",
        "preset": None,
        "dialect": "openai",
        "key": None,
        "headers": {},
        "timeout": 10.0,
        "discover": DiscoverAttributes(enabled=True, include=(), exclude=()),
        "store_key": None,
        "protect": False,
        "tls": None,
        "proxy": None,
    }
    return EndpointAttributes(**{**usual, **fields})


def model_details() -> st.SearchStrategy[ModelDetails]:
    """Return a strategy for a model's details, each of which may be known or not."""
    tokens = st.none() | st.sampled_from([1, 8192, 128000, MOST_TOKENS])
    return st.builds(
        ModelDetails,
        context=tokens,
        output=tokens,
        capabilities=st.none() | st.sampled_from([(), CAPABILITIES[:1], CAPABILITIES]),
        apis=st.none() | st.sampled_from([APIS[:1], APIS]),
    )
