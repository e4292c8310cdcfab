"""What the calls of all faces are served with."""

from dataclasses import dataclass

from sandbox.api.credentials import KnownCredentials
from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Certificates, Changes, Courier, Scenarios
from sandbox.core.ports.storage import Storage
from sandbox.core.usecases.context import Rules
from sandbox.core.usecases.making import UseCases


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a call may need on its way, whichever face answers it."""

    storage: Storage
    clock: Clock
    ids: Ids
    rules: Rules
    usecases: UseCases
    scenarios: Scenarios
    certificates: Certificates
    courier: Courier
    credentials: KnownCredentials
    changes: Changes
    faces: Faces
