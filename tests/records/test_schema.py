# SPDX-License-Identifier: AGPL-3.0-or-later
"""The schema as a promise: every column, and why it is kept. A new column fails here until it has a reason.

Ask of each: could it say anything about a help-seeker, or about one conversation?
"""

from __future__ import annotations

from chat.records.tables import metadata

KEPT = {
    "staff.id": "16 random bytes that the certificates name",
    "staff.alias": "what help-seekers see; not a legal name",
    "staff.alias_key": "the alias without capitals, so that no two people look the same",
    "staff.roles": "what the person may do at the desk",
    "devices.id": "16 random bytes; the passkey's user handle",
    "devices.staff": "whose it is",
    "devices.credential_id": "finds the passkey at sign-in",
    "devices.credential_key": "checks the passkey's signature",
    "devices.sign_count": "a copied passkey shows by its counter",
    "devices.ed": "the public key that the certificates name",
    "devices.manager_certificate": "goes to browsers with what this device signs",
    "devices.staff_certificate": "goes to browsers with each offer",
    "devices.issuer_certificate": "the manager certificate above it",
    "devices.created": "to tell devices apart; a day, no time",
    "devices.revoked": "a revoked device stays out; a day, no time",
    "invitations.id": "SHA-256 of the link's address",
    "invitations.state": "open, requested, certified, cancelled",
    "invitations.staff": "the person's id, named by the certificates to come",
    "invitations.further_device": "whether the person is here already",
    "invitations.alias": "wanted by whoever invites",
    "invitations.alias_key": "as in staff",
    "invitations.roles": "wanted by whoever invites",
    "invitations.made_by": "the manager; nobody when the operator did it",
    "invitations.created": "order of the list",
    "invitations.expires": "7 days after",
    "invitations.device": "the device to be",
    "invitations.credential_id": "its passkey, until it is certified",
    "invitations.credential_key": "its passkey, until it is certified",
    "invitations.sign_count": "its passkey, until it is certified",
    "invitations.request_ed": "the key to certify",
    "invitations.request_hmac": "bound to the half of the link that we never see",
    "invitations.request_sig": "the key's own signature",
    "invitations.request_alias": "wanted by the applicant",
    "settings.key": "closed list of settings",
    "settings.value": "opening hours, limits, texts",
    "settings.version": "nobody overwrites another's change unseen",
    "setting_versions.key": "closed list of settings",
    "setting_versions.version": "order of the changes; the last 50",
    "setting_versions.at": "when it was changed; a day, no time",
    "setting_versions.by": "who of the staff changed it; empty once they are removed",
    "setting_versions.value": "what it was, so that it can be restored",
    "own_quick_replies.staff": "whose they are; gone with the person",
    "own_quick_replies.value": "texts that a counsellor wrote beforehand, to insert while writing",
    "own_quick_replies.version": "two devices do not overwrite each other unseen",
    "staff_actions.number": "order of the lines",
    "staff_actions.at": "when a member of staff did it; 90 days",
    "staff_actions.action": "sign-in, invite, certify, revoke; never a conversation",
    "staff_actions.actor": "the member of staff",
    "staff_actions.actor_alias": "readable after the person was removed",
    "staff_actions.subject": "the member of staff it was about",
    "staff_actions.subject_alias": "readable after the person was removed; or which setting it was",
    "tallies.day": "a whole day",
    "tallies.measure": "one measure",
    "tallies.value": "one value in fixed bands",
    "tallies.count": "how many",
    "tally_days.day": "a whole day, written once",
    "tally_days.lost": "the live store was lost that day: its counts are missing, not zero",
}


def test_every_column_has_its_reason_and_there_is_no_other() -> None:
    columns = {
        f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns
    }

    assert columns == set(KEPT)


def test_no_column_can_hold_an_address_or_a_browser() -> None:
    words = ("ip", "addr", "agent", "referer", "referrer", "host", "country", "aaguid", "transport", "phone")
    names = {column.name for table in metadata.tables.values() for column in table.columns}

    assert [name for name in names if any(word in name.split("_") for word in words)] == []


def test_a_tally_names_one_measure_and_one_value() -> None:
    assert [column.name for column in metadata.tables["tallies"].columns] == [
        "day",
        "measure",
        "value",
        "count",
    ]
