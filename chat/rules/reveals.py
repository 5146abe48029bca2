# SPDX-License-Identifier: AGPL-3.0-or-later
"""What in a text may show who somebody is: a number, an e-mail address, a name, a house, a handle.

The person is asked before such a text is sent, and may send it anyway. So a sign that is missed costs the
little it would have cost without this, and one that is seen where there is none makes people press the
question away unread: each pattern wants a cue that hardly stands anywhere else, in English, Dutch,
French, German and Arabic.

How this works: a text is smoothed (spaces, quotes, digits, marks that nobody sees), then looked at in three
views: as it was typed, in small letters, and in small letters without dates, times, years and amounts, which
look like telephone numbers. The patterns are made here once, of what Python's and the browser's regular
expressions understand alike; `chat/browser/help_seeker/reveals.gen.ts` is made from them.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

from chat.rules.reveals_words import CALLED, I_AM, NAME_CUES, NO_NAMES, NO_STREETS, PLATFORMS


class Kind(enum.StrEnum):
    """What a text seems to hold; in this order it is told."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    HANDLE = "handle"


class View(enum.StrEnum):
    """Which form of a text a pattern looks at."""

    TYPED = "typed"
    SMALL = "small"
    BARE = "bare"
    """In small letters, without dates, times, years and amounts."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One pattern of one kind."""

    kind: Kind
    view: View
    pattern: str


_L = "A-Za-zÀ-ÖØ-öø-ɏء-يٮ-ۓ"
_UP = "A-ZÀ-ÖØ-Þ"
_LOW = "a-zà-öø-ɏ"
_B = f"(?:^|[^{_L}0-9])"
_E = f"(?![{_L}0-9])"
_END = r"(?![\s\S])"
"""The end of the text; `$` is not the same everywhere."""
_SEP = ":? [\"'«„“”]?"


def _any_case(words: str) -> str:
    """A pattern of plain words that takes capitals as well."""
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() and c.upper() != c else c for c in words)


def _one_of(words: str) -> str:
    return "|".join(words.split())


# --- before anything is looked at ---

SMOOTH: Final = (
    ("[\u200b-\u200f\u061c\u2066-\u2069\u202a-\u202e\u0640\u064b-\u0652]", ""),
    ("[\u00a0\u2007\u2009\u202f\t\r]", " "),
    ("[\u2018\u2019`]", "'"),
    *((f"[{chr(0x660 + digit)}{chr(0x6F0 + digit)}]", str(digit)) for digit in range(10)),
)
"""Pattern and what takes its place, in this order."""

_YEAR = "(?:19|20)[0-9]{2}"
BLANKS: Final = (
    r"(^|[^0-9./-])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})(?![0-9]|[./-][0-9])",
    r"(^|[^0-9./-])[0-9]{4}[./-][0-9]{1,2}[./-][0-9]{1,2}(?![0-9]|[./-][0-9])",
    r"(^|[^0-9])[0-9]{1,2}[:h][0-9]{2}(?::[0-9]{2})?(?![0-9])",
    rf"(^|[^0-9]){_YEAR}(?: ?[ /,-] ?{_YEAR}){{1,40}}(?![0-9])",
    r"(^|[^0-9., +-]|[^0-9.,+-] )[1-9][0-9]{0,2}(?:[., '][0-9]{3}){1,6}(?:[.,][0-9]{1,2})?(?![0-9])",
)
"""Dates, times, years in a row, amounts: each becomes ` ~ ` behind what stands before it."""

# --- telephone numbers ---

_PHONE_CUES = (
    "phone|telephone|tel|mobile|cell|whatsapp|telefoon|telefoonnummer|mobiel|gsm|mijn nummer|mijn nr|"
    "portable|téléphone|mon numéro|telefon|telefonnummer|handynummer|handy|meine nummer|my number|"
    "call me (?:on|at)|bel me op|bel mij op|هاتفي|رقمي|جوالي|واتساب|رقم هاتفي"
)
_PHONES = (
    Sign(
        Kind.PHONE,
        View.SMALL,
        r"(?:^|[^0-9a-z+])(?:[+]|00) ?[1-9](?:[ ./()-]{0,2}[0-9]){7,13}(?![0-9])",
    ),
    Sign(
        Kind.PHONE,
        View.BARE,
        r"(?:^|[^0-9a-z+., /-]|[^0-9][ ./-])[(]?0[1-9](?:[ ./()-]{0,2}[0-9]){7,10}"
        r"(?![0-9]|[ ./-][0-9]{2}[ ./-][0-9]{2})",
    ),
    Sign(
        Kind.PHONE,
        View.BARE,
        r"(?:^|[^0-9a-z+.,#/€$£-])(?![1-9]0{1,10}(?![0-9]))[1-9][0-9]{8,10}"
        r"(?![0-9.,a-z%€$£]|[.,][0-9]| ?(?:€|euro?))",
    ),
    Sign(
        Kind.PHONE,
        View.BARE,
        r"(?:^|[^0-9a-z+])[(]?[2-9][0-9]{2}[)]?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}(?![0-9])",
    ),
    Sign(
        Kind.PHONE,
        View.BARE,
        rf"{_B}(?:{_PHONE_CUES}){_E}[^0-9+\n~]{{0,12}}[0-9](?:[ ./-]?[0-9]){{5,12}}(?![0-9])",
    ),
)

# --- e-mail addresses ---

_AT_HOSTS = _one_of(
    "gmail hotmail outlook yahoo proton protonmail icloud live telenet ziggo gmx web orange free skynet"
)
_EMAILS = (
    Sign(
        Kind.EMAIL,
        View.SMALL,
        r"[a-z0-9._%+-]{1,64}(?:@| @ | ?[(\[] ?(?:at|ät|apenstaartje|arobase) ?[)\]] ?)"
        r"(?:[a-z0-9-]{1,63} ?(?:[.]|[(\[] ?(?:dot|punt|point|punkt) ?[)\]]) ?){1,4}[a-z]{2,24}",
    ),
    Sign(
        Kind.EMAIL,
        View.SMALL,
        rf"[a-z0-9._+-]{{2,64}} (?:at|ät|apenstaartje|arobase) (?:{_AT_HOSTS}) ?"
        rf"(?:dot|punt|point|punkt|[.]) ?[a-z]{{2,4}}{_E}",
    ),
)

# --- names ---

_CALLED = "|".join(_any_case(words) for words in CALLED)
_CAPITAL = f"[{_UP}][{_LOW}'-]{{1,30}}"
_I_AM = "|".join(_any_case(words) for words in I_AM)
_NO_NAMES = _one_of(NO_NAMES)
_PEOPLES = "ish|ese|isch|ische|aans|ais|aise|ienne|oise|lander"
_NAMES = (
    *(
        Sign(Kind.NAME, View.SMALL, f"{_B}{cue}{_SEP}(?!(?:{_one_of(stops)}){_E})[{_L}]{{2,30}}")
        for cue, stops in NAME_CUES
    ),
    Sign(Kind.NAME, View.TYPED, f"{_B}(?:{_CALLED}){_SEP}{_CAPITAL}{_E}"),
    Sign(
        Kind.NAME,
        View.TYPED,
        f"{_B}(?:{_I_AM}) (?!(?:{_NO_NAMES}|[{_UP}][{_LOW}]{{1,20}}(?:{_PEOPLES})){_E})"
        f"{_CAPITAL}(?= ?(?:[.,;!?)\\n]|{_END})| (?:and|from|uit|en|et|here|hier) )",
    ),
)

# --- house addresses ---

_NUM = rf"(?!{_YEAR}(?![0-9]))[1-9][0-9]{{0,3}}(?: ?[a-z])?{_E}"
_THEN = rf"(?= ?(?:[.,;!?)\n،؛؟]|{_END})| (?:in|te|à|bus|boîte|bte) | ?, ?[0-9])"
_NL = "straat|straatje|laan|steenweg|gracht|plein|singel"
_NO_STREETS = _one_of(NO_STREETS)
_EN = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Square|Terrace|Gardens|Crescent"
_FR = "rue|avenue|boulevard|chaussée|allée|impasse|quai|chemin|place|route"
_OF = "(?:de la |de l'|de |du |des |d'|la |le |les |l')"
_FR_ANY = "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in _FR.split("|"))
_ADDRESSES = (
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}(?!(?:{_NO_STREETS}){_E})"
        f"(?:[{_L}-]{{2,30}}(?:{_NL})|[{_L}-]{{3,30}}(?:weg|kade|dijk|dreef)) {_NUM}{_THEN}",
    ),
    Sign(Kind.ADDRESS, View.TYPED, f"[{_L}-]{{2,30}}(?:{_NL}) {_NUM} [{_UP}][{_LOW}]{{2,30}}"),
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}(?!(?:{_NO_STREETS}){_E})[{_L}-]{{2,30}} ?(?:straße|strasse|str[.]) {_NUM}{_THEN}",
    ),
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}(?!(?:{_NO_STREETS}){_E})[{_L}-]{{3,30}}(?:platz|allee|gasse|damm|ufer|chaussee) {_NUM}{_THEN}",
    ),
    Sign(
        Kind.ADDRESS,
        View.TYPED,
        f"{_B}[1-9][0-9]{{0,4}}[A-Za-z]?,? (?:[A-Z][a-z']{{1,20}} ){{1,3}}(?:{_EN}){_E}",
    ),
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}(?:live|living|stay|staying|house is|address is|home is)(?: at| on)? [1-9][0-9]{{0,4}}[a-z]? "
        f"(?:[{_L}']{{2,20}} ){{1,3}}(?:{_EN.lower()}){_E}",
    ),
    Sign(
        Kind.ADDRESS,
        View.TYPED,
        f"{_B}[1-9][0-9]{{0,3}}(?: ?(?:bis|ter))?,? (?:{_FR_ANY}) {_OF}{{0,2}}[{_UP}][{_L}'-]{{1,30}}",
    ),
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}[1-9][0-9]{{0,3}}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard) {_OF}{{1,2}}[{_L}'-]{{2,30}}",
    ),
    Sign(
        Kind.ADDRESS,
        View.SMALL,
        f"{_B}(?:{_FR}) (?:{_OF}){{0,2}}[{_L}'-]{{3,25}}(?: [{_L}'-]{{2,25}}){{0,3}},? {_NUM}{_THEN}",
    ),
    Sign(
        Kind.ADDRESS, View.SMALL, f"{_B}شارع (?:[{_L}]{{2,20}} ){{1,4}}(?:رقم )?[0-9]{{1,4}}(?![0-9]){_THEN}"
    ),
    Sign(Kind.ADDRESS, View.SMALL, "(?:منزل|بيت|بناية|عمارة|شقة) رقم [0-9]{1,4}"),
    Sign(
        Kind.ADDRESS,
        View.TYPED,
        f"(?:^|[^A-Za-z0-9])(?!{_YEAR} )[1-9][0-9]{{3}} ?"
        "(?!SA|SD|SS|AD|BC|EU|UK|US|PM|AM|KM|OK|KG|GB|MB|TV|CM|MM|ML|BE|NL|DE|FR|IK|JE|EN|IN|OP)[A-Z]{2}(?![A-Za-z0-9])",
    ),
    Sign(
        Kind.ADDRESS,
        View.TYPED,
        "(?:^|[^A-Za-z0-9])[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}(?![A-Za-z0-9])",
    ),
)

# --- names on other sites ---

_PLATFORMS = _one_of(PLATFORMS)
_PLACES = "home|work|school|thuis|werk|night|all|everyone|here|least|once|first|them|him|her"
_HANDLES = (
    Sign(
        Kind.HANDLE,
        View.SMALL,
        rf"(?:^|[ \n(:,])@(?!(?:{_PLACES}){_E})"
        "[a-z_][a-z0-9_.]{2,29}",
    ),
    Sign(Kind.HANDLE, View.SMALL, f"[a-z0-9_.]{{2,32}}#[0-9]{{4}}{_E}"),
    Sign(
        Kind.HANDLE,
        View.SMALL,
        f"{_B}(?:{_PLATFORMS})(?: ?(?:id|name|naam|nom|user|username|account|handle))?"
        " ?(?:is|:|=|est|ist|هو) ?@?"
        "(?=[a-z0-9_.]{0,30}[0-9_])[a-z_][a-z0-9_.]{2,29}",
    ),
    Sign(Kind.HANDLE, View.SMALL, r"(?:^|[ \n(])/?u/[a-z0-9_-]{4,30}"),
)

SIGNS: Final = (*_PHONES, *_EMAILS, *_NAMES, *_ADDRESSES, *_HANDLES)

_SMOOTH = tuple((re.compile(pattern), by) for pattern, by in SMOOTH)
_BLANKS = tuple(re.compile(pattern) for pattern in BLANKS)
_SIGNS = tuple((sign.kind, sign.view, re.compile(sign.pattern)) for sign in SIGNS)


def reveals(text: str) -> tuple[Kind, ...]:
    """What a tidied text may show of who wrote it; empty when nothing is seen."""
    for pattern, by in _SMOOTH:
        text = pattern.sub(by, text)
    small = text.lower()
    bare = small
    for pattern in _BLANKS:
        bare = pattern.sub(r"\1 ~ ", bare)
    views = {View.TYPED: text, View.SMALL: small, View.BARE: bare}
    found = {kind for kind, view, pattern in _SIGNS if pattern.search(views[view])}
    return tuple(kind for kind in Kind if kind in found)
