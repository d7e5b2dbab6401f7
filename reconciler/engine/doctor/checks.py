"""The checks of `gwctl doctor`, in the order of their findings. A new check is a function and an entry in a tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.config.gateway import Endpoint
from reconciler.engine.doctor.case import DoctorRun
from reconciler.engine.doctor.check_files import gateway_file
from reconciler.engine.doctor.check_key import key, key_file
from reconciler.engine.doctor.check_keychain import keychain, ledger
from reconciler.engine.doctor.check_machine import machine
from reconciler.engine.doctor.check_proxy import proxy_settings, way
from reconciler.engine.doctor.check_reach import answer, certificate, clock, name
from reconciler.engine.doctor.check_state import lock, modes, state
from reconciler.engine.doctor.check_trust import trust
from reconciler.resources.finding import Finding

Check = Callable[[DoctorRun], Iterator[Finding]]
EndpointCheck = Callable[[DoctorRun, Endpoint], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (machine, gateway_file, state, modes, lock, keychain, ledger, proxy_settings, trust)
ENDPOINT_CHECKS: tuple[EndpointCheck, ...] = (key, key_file, way, name, certificate, answer, clock)
