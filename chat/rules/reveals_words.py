# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words for `chat/rules/reveals.py`: what a name is said with, and what is none though it stands there.

In English, Dutch, French, German and Arabic, in small letters but for `NO_NAMES`.
"""

from __future__ import annotations

from typing import Final

NAME_CUES: Final = (
    (
        "my (?:first |last |full |real |own )?name(?: is|'s)",
        """
        not no on in known secret private unimportant nothing something a an the my of none anonymous
        irrelevant also already never just too very written used there here being public safe hidden
        important mud what which that to for and or at all only now dirt ruined everywhere under linked
        attached mentioned protected asked needed visible shown stored kept given still really going so
        """,
    ),
    (
        "mijn (?:voor|achter|familie|volledige |echte )?naam is",
        """
        niet geen onbekend haas bekend op in nooit al hier daar ook wel te voor een de het van bij en of
        geheim belangrijk onbelangrijk zichtbaar nergens overal weg privé anoniem nu nog zo echt
        """,
    ),
    (
        "ik heet",
        """
        niet u je jou jullie iedereen hoe en of word wordt was ben water eten van dat zo welkom
        """,
    ),
    (
        "je m'appelle",
        """
        pas plus comment ainsi comme et ou
        """,
    ),
    (
        "mon (?:nom|prénom)(?: de famille)? (?:est|c'est)",
        """
        pas plus sur dans connu inconnu secret déjà là un le la les une à au en de du et ou important
        jamais aussi bien caché anonyme protégé ici partout pour sans très
        """,
    ),
    (
        "mein (?:vor|nach|voller |richtiger |ganzer )?name (?:ist|lautet)",
        """
        nicht egal unwichtig bekannt unbekannt auf in hier da doch ja kein keine geheim das es ein eine
        der die nie niemals wichtig im am an bei und oder hase anonym sichtbar überall zu nur jetzt
        schon auch so noch wirklich
        """,
    ),
    (
        "ich hei(?:ß|ss)e?",
        """
        nicht das es dich sie euch wie anders so alle willkommen und oder diese dieses
        """,
    ),
    (
        "(?:و)?[اإ]سمي(?: هو)?",
        """
        ليس لا غير في على سري مجهول مهم معروف موجود مكتوب ما لن كان هنا هناك من إلى عند لم و او أو هو
        الحقيقي
        """,
    ),
    (
        "(?:أنا )?[أا]دعى",
        """
        إلى الى أن ان لا
        """,
    ),
)
"""What comes before a name (a pattern), and the words after it that are none."""

CALLED: Final = (
    "call me", "called me", "i am called", "i'm called", "noem me", "noem mij", "noemen me", "noemen mij",
    "noemt me", "appelle-moi", "appelez-moi", "on m'appelle", "nenn mich", "nennen sie mich",
)  # fmt: skip
"""Comes before a name with a capital."""

I_AM: Final = ("i am", "i'm", "im", "ik ben", "je suis", "moi c'est")
"""Comes before a name with a capital at the end of what is said; not in German, where every noun has one."""

NO_NAMES: Final = """
    African American Arab Arabic Armenian Asian Austrian Australian Belgian Black Brazilian Bulgarian
    Canadian Catholic Christian Croatian Czech Dutch Egyptian Estonian European French German Greek
    Hindu Hungarian Indian Iranian Iraqi Israeli Italian Korean Latvian Lithuanian Mexican Moroccan
    Muslim Norwegian Orthodox Pakistani Palestinian Protestant Romanian Russian Serbian Slovak Somali
    Swiss Syrian Tunisian Ukrainian Welsh White Sorry Not Fine Okay Ok Here Back Done Ready Tired Afraid
    Scared Ashamed Alone Lost Sad Sick Good Bad Married Single Gay Bi Straight Autistic Bipolar God
    Satan Dad Mum Mom Thinking So Very Just Still Really Belg Vlaming Waal Duitser Fransman Engelsman
    Marokkaan Turk Surinamer Syriër Pool Roemeen Rus Oekraïner Italiaan Spanjaard Afghaan Irakees
    Iraniër Antilliaan Indo Vlaamse Marokkaanse Turkse Belgische Nederlandse Katholiek Moslim Christen
    Jood Joods Nederlands Vlaams Pools Turks Europeaan Amerikaan Brit Niet Ook Nu Al Hier Belge Suisse
    Russe Turc Turque Catholique Musulman Musulmane Chrétien Juif Juive Wallon Wallonne Flamand Flamande
    Espagnol Espagnole Allemand Allemande Marocain Marocaine Africain Africaine Algérien Tunisien
    Italien Européen Canadien Pas Désolé Là Ici
    """
"""Capitals after "I am" that are no name: peoples, faiths, and what some write large."""

NO_STREETS: Final = """
    onderweg halfweg terugweg heenweg rückweg heimweg umweg ausweg decade sitzplatz parkplatz
    arbeitsplatz stellplatz studienplatz spielplatz listenplatz therapieplatz startplatz schlafplatz
    kitaplatz speelplein
    """
"""Words that end like a street and are none."""

PLATFORMS: Final = """
    snap snapchat insta instagram telegram discord kik wickr session threema skype tiktok twitter reddit
    facebook messenger whatsapp signal wire steam xbox psn roblox username gebruikersnaam nickname nick
    pseudo benutzername سناب انستا تيليجرام تلغرام يوزر
    """
"""Where people have another name; and the word for it."""
