"""The `bedrock` dialect.

Lists: docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html.
"""

from __future__ import annotations

from reconciler.live.dialect import Dialect

DIALECT = Dialect(list_path="/foundation-models", containers=(("modelSummaries",),), ids=("modelId",))
