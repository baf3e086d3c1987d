"""Passkeys (WebAuthn): a device proves that it holds a key, after its owner has shown it a finger, face or PIN. That is
both factors at once, and nothing that a false page could ask for.

The library is loaded where it is used: it takes eight megabytes, and most processes have no use for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from monitor.access.accounts import ensured, passkeys
from monitor.access.models import Passkey
from monitor.audit import audited
from monitor.register.models import Person

LONGEST_NAME = 60
Options = dict[str, Any]
"""What the browser is asked, as JSON has it; "challenge" among it."""


class NotProven(Exception):
    """The device's answer does not count."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where keys hold. host: without port; origin: scheme, host and port, as the browser names them."""

    host: str
    origin: str


def to_add(session: Session, site: Site, person: Person, owner: str) -> Options:
    """What to ask a device that is to get a key. It must keep it, so that nobody has to type a name."""
    import webauthn
    from webauthn.helpers import structs

    known = [structs.PublicKeyCredentialDescriptor(_bytes(each.id)) for each in passkeys(session, person.id)]
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=f"Kanalvakt {owner}",
        user_id=person.id.encode(),
        user_name=person.id,
        user_display_name=person.name,
        exclude_credentials=known,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return _plain(webauthn.options_to_json(options))


def to_sign_in(site: Site) -> Options:
    """What to ask any device, whoever's it is."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    verified = UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(rp_id=site.host, user_verification=verified)
    return _plain(webauthn.options_to_json(options))


def add(
    session: Session, site: Site, person: Person, challenge: str, told: Mapping[str, Any], name: str, now: datetime
) -> None:
    """Keeps the device's key. told: the credential as the browser gives it. Raises NotProven."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_registration_response(
            credential=dict(told),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise NotProven from None
    id_, called = webauthn.helpers.bytes_to_base64url(found.credential_id), name.strip()[:LONGEST_NAME]
    if session.get(Passkey, id_) is not None:
        raise NotProven
    ensured(session, person.id, now)
    row = Passkey(id=id_, person_id=person.id, key=found.credential_public_key, name=called, created_at=now)
    row.uses = found.sign_count
    session.add(row)
    session.flush()
    audited(session, person.id, "passkey.added", ("person", person.id), now, after={"name": called})


def prove(session: Session, site: Site, challenge: str, told: Mapping[str, Any], now: datetime) -> Person:
    """Whose key it is. Raises NotProven, also where the device's count has not grown: somebody else has the key too."""
    id_ = told.get("id")
    row = session.get(Passkey, id_) if isinstance(id_, str) else None
    person = session.get(Person, row.person_id) if row is not None else None
    if row is None or person is None or person.retired:
        raise NotProven
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_authentication_response(
            credential=dict(told),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.key,
            credential_current_sign_count=row.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise NotProven from None
    ours = (Passkey.id == row.id, Passkey.uses == row.uses)
    session.execute(update(Passkey).where(*ours).values(uses=found.new_sign_count, used_at=now))
    return person


def _bytes(text: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)


def _plain(text: str) -> Options:
    options: Options = json.loads(text)
    return options
