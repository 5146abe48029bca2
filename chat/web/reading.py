# SPDX-License-Identifier: AGPL-3.0-or-later
"""Something to read: four short pieces, the same on a page of its own and for somebody who waits."""

from __future__ import annotations

from dataclasses import dataclass

from chat.web.texts import Translator


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; paragraphs before and after its points."""

    id: str
    title: str
    before: tuple[str, ...]
    points: tuple[str, ...]
    after: tuple[str, ...]


def pieces(text: Translator) -> tuple[Piece, ...]:
    """All of them, in the order in which they are offered."""
    return (_here(text), _urges(text), _searching(text), _telling(text))


def as_json(text: Translator) -> list[dict[str, object]]:
    """For the page of somebody who waits, which builds its elements itself."""
    return [
        {"title": piece.title, "before": piece.before, "points": piece.points, "after": piece.after}
        for piece in pieces(text)
    ]


def _here(text: Translator) -> Piece:
    return Piece(
        "here",
        text.t("When it is too much: come back to here"),
        (),
        (
            text.t("Put both feet on the floor. Feel how the floor holds you."),
            text.t(
                "Breathe in while you count to four. Breathe out while you count to six. Do that five times."
            ),
            text.t(
                "Look for five things you can see, four you can touch, three you can hear. Say their names."
            ),
            text.t("Drink a glass of water, or hold something cold."),
            text.t("What you feel now will get weaker. It does, also when it doesn't feel like that."),
        ),
        (
            text.t(
                "If you think of ending your life: please call somebody now. The numbers are at the top of this page."
            ),
        ),
    )


def _urges(text: Translator) -> Piece:
    return Piece(
        "urges",
        text.t("When an urge comes"),
        (
            text.t(
                "An urge is like a wave: it rises, it is at its highest, and it goes down again. Most are over within half an hour. You don't have to do what it says."
            ),
        ),
        (
            text.t("Go to another place: another room, outside, somewhere with other people."),
            text.t("Put the phone or the computer away. Not later: now."),
            text.t("Do something for twenty minutes that needs your hands and your head."),
            text.t(
                "If a child is near and you are not sure of yourself: leave at once, with any excuse. You can explain it later, or never."
            ),
        ),
        (text.t("A thought is not an act. What you do is your own decision, each time anew."),),
    )


def _searching(text: Translator) -> Piece:
    return Piece(
        "searching",
        text.t("Stopping a search"),
        (),
        (
            text.t(
                "If you are looking for images of children being abused, or looking at them: close it now. You can stop in the middle."
            ),
            text.t(
                "Behind every such image is a child who was hurt. Each time somebody looks, the harm goes on."
            ),
            text.t(
                "Make the next time harder: delete the apps and the bookmarks, don't take the device to bed, let somebody you trust set a filter."
            ),
            text.t(
                "Look at when it happens: alone, tired, late, after a quarrel. Plan something else for that hour."
            ),
        ),
        (
            text.t(
                "People do stop. It is easier with help: you can talk about it here without saying who you are."
            ),
        ),
    )


def _telling(text: Translator) -> Piece:
    return Piece(
        "telling",
        text.t("Telling somebody"),
        (),
        (
            text.t(
                "Think of one person who has kept something to themselves before: a friend, a partner, a doctor, a therapist."
            ),
            text.t(
                "You don't have to tell everything. One sentence is enough: “There is something I'm ashamed of, and I need help with it.”"
            ),
            text.t("Say what you hope for: “I don't need you to solve it. I need you to listen.”"),
            text.t(
                "Doctors and therapists have to keep what you say to themselves. Where that ends differs between countries: you may ask them first, before you tell anything."
            ),
        ),
        (),
    )
