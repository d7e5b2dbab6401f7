"""Names of their own in a bucket of each kind of object storage."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from typing import Self

import pytest

from reconciler.state.stores.objects.store import ObjectStore
from tests.state.places.place import Place
from tests.support import azurite as az
from tests.support import gcs as gs
from tests.support import s3
from tests.support.azurite import Azurite
from tests.support.bindings import agreed_store
from tests.support.gcs import Gcs
from tests.support.s3 import Moto

LEASE = 3.0  # seconds; the servers' times of a change are whole ones


@dataclass(frozen=True)
class ObjectsPlace(Place):
    """A lock is a lease; what is wrong with `refused` credentials is one variable's value."""

    lease: float = LEASE
    name: str = ""  # of this place, in the key

    def opened(self, environ: dict[str, str]) -> ObjectStore:
        return ObjectStore(
            self.url, environ, lease=self.lease, patience=self.patience, binding=agreed_store(self.url, environ)
        )

    def fresh(self) -> Self:
        other = secrets.token_hex(6)
        return replace(self, url=self.url.replace(self.name, other), name=other)

    def refused(self) -> Self:
        wrong = base64.b64encode(secrets.token_bytes(30)).decode()
        return replace(self, environ=self.environ | {self.variable: wrong}, secrets=(*self.secrets, wrong))

    def contents(self) -> list[str]:
        from reconciler.state.stores.objects.bucket import Bucket
        from reconciler.state.stores.objects.settings import find

        bucket, at = Bucket(find(self.url, self.environ), 5), find(self.url, self.environ).key
        return [key for key in (at, f"{at}.lock", f"{at}.backup") if bucket.get(key)]


@pytest.fixture
def s3_place(moto: Moto) -> ObjectsPlace:
    """Nothing is there but the bucket and a user who may write into it."""
    name = secrets.token_hex(6)
    return ObjectsPlace(
        f"s3://{s3.BUCKET}/{name}/state.json?region=us-east-1&endpoint=http://127.0.0.1:{moto.port}",
        {"AWS_ACCESS_KEY_ID": moto.key_id, "AWS_SECRET_ACCESS_KEY": moto.secret},
        port=moto.port,
        secrets=(moto.secret,),
        variable="AWS_SECRET_ACCESS_KEY",
        name=name,
    )


@pytest.fixture
def az_place(azurite: Azurite) -> ObjectsPlace:
    """Nothing is there but the container."""
    name, endpoint = secrets.token_hex(6), f"http://127.0.0.1:{azurite.port}/{az.ACCOUNT}"
    return ObjectsPlace(
        f"az://{az.CONTAINER}/{name}/state.json?account={az.ACCOUNT}",
        {"AZURE_STORAGE_ENDPOINT": endpoint, "AZURE_STORAGE_ACCOUNT_KEY": azurite.key},
        port=azurite.port,
        secrets=(azurite.key,),
        variable="AZURE_STORAGE_ACCOUNT_KEY",
        name=name,
    )


@pytest.fixture
def gs_place(gcs: Gcs) -> ObjectsPlace:
    """Nothing is there but the bucket."""
    name = secrets.token_hex(6)
    return ObjectsPlace(
        f"gs://{gs.BUCKET}/{name}/state.json",
        {"GOOGLE_BASE_URL": f"http://127.0.0.1:{gcs.port}", "GOOGLE_BEARER_TOKEN": gcs.token},
        port=gcs.port,
        secrets=(gcs.token,),
        variable="GOOGLE_BEARER_TOKEN",
        name=name,
    )
