# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every frame, by direction. The order of fields is the wire order; tags never change meaning.

Four unions: `FromHelpSeeker`, `ToHelpSeeker`, `FromDesk`, `ToDesk`. A help-seeker's connection
carries one conversation, so its frames name none; a desk's connection carries all of the
counsellor's, so its frames begin with the `sid`.
"""

from __future__ import annotations

from chat.protocol.frame import Frame
from chat.protocol.from_desk import (
    AnswerAlarm,
    AnswerHandover,
    AskHelp,
    DeskEnd,
    DeskOffer,
    DeskPut,
    DeskReply,
    DeskTook,
    GiveBack,
    HandOver,
    HelpNext,
    OpenDesk,
    PeerSend,
    Rejoin,
    SetDuty,
    SetRisk,
    Supervise,
    Take,
    TakeOver,
    WatchBoard,
    Withdraw,
)
from chat.protocol.from_help_seeker import (
    AskResume,
    Attach,
    Decline,
    Describe,
    Felt,
    Hello,
    Leave,
    Put,
    Start,
    Took,
    Work,
)
from chat.protocol.to_desk import (
    Alarm,
    AlarmAnswered,
    Board,
    BoardConversation,
    BoardPerson,
    DeskAskResume,
    DeskClosed,
    DeskDelivery,
    DeskHello,
    DeskMoving,
    DeskPresence,
    DeskRefused,
    DeskStored,
    DeskWelcome,
    Duty,
    HandoverAnswered,
    HandoverAsked,
    MySeat,
    PeerAway,
    PeerReceived,
    Rejoined,
    RiskSet,
    Room,
    SeatLeft,
    Taken,
    WaitingEntry,
)
from chat.protocol.to_help_seeker import (
    Attended,
    BackToWaiting,
    Closed,
    Delivery,
    Described,
    Expected,
    Moving,
    NotComing,
    Offered,
    Position,
    Presence,
    Refused,
    Replied,
    Stored,
    Welcome,
)

FromHelpSeeker = Start | Attach | Put | Took | Hello | AskResume | Leave | Decline | Describe | Work | Felt
ToHelpSeeker = (
    Welcome
    | Position
    | Offered
    | Replied
    | Delivery
    | Stored
    | Presence
    | Closed
    | Refused
    | BackToWaiting
    | Attended
    | NotComing
    | Expected
    | Described
    | Moving
)
FromDesk = (
    OpenDesk
    | Take
    | DeskOffer
    | DeskReply
    | DeskPut
    | DeskTook
    | DeskEnd
    | Rejoin
    | SetDuty
    | HelpNext
    | GiveBack
    | HandOver
    | AnswerHandover
    | Supervise
    | TakeOver
    | AskHelp
    | SetRisk
    | AnswerAlarm
    | PeerSend
    | Withdraw
    | WatchBoard
)
ToDesk = (
    DeskWelcome
    | Room
    | Taken
    | Rejoined
    | DeskHello
    | DeskAskResume
    | DeskDelivery
    | DeskStored
    | DeskPresence
    | DeskClosed
    | DeskRefused
    | Duty
    | Board
    | Alarm
    | AlarmAnswered
    | HandoverAsked
    | HandoverAnswered
    | SeatLeft
    | PeerReceived
    | PeerAway
    | RiskSet
    | DeskMoving
)

__all__ = [
    "Alarm",
    "AlarmAnswered",
    "AnswerAlarm",
    "AnswerHandover",
    "AskHelp",
    "AskResume",
    "Attach",
    "Attended",
    "BackToWaiting",
    "Board",
    "BoardConversation",
    "BoardPerson",
    "Closed",
    "Decline",
    "Delivery",
    "Describe",
    "Described",
    "DeskAskResume",
    "DeskClosed",
    "DeskDelivery",
    "DeskEnd",
    "DeskHello",
    "DeskMoving",
    "DeskOffer",
    "DeskPresence",
    "DeskPut",
    "DeskRefused",
    "DeskReply",
    "DeskStored",
    "DeskTook",
    "DeskWelcome",
    "Duty",
    "Expected",
    "Felt",
    "Frame",
    "FromDesk",
    "FromHelpSeeker",
    "GiveBack",
    "HandOver",
    "HandoverAnswered",
    "HandoverAsked",
    "Hello",
    "HelpNext",
    "Leave",
    "Moving",
    "MySeat",
    "NotComing",
    "Offered",
    "OpenDesk",
    "PeerAway",
    "PeerReceived",
    "PeerSend",
    "Position",
    "Presence",
    "Put",
    "Refused",
    "Rejoin",
    "Rejoined",
    "Replied",
    "RiskSet",
    "Room",
    "SeatLeft",
    "SetDuty",
    "SetRisk",
    "Start",
    "Stored",
    "Supervise",
    "Take",
    "TakeOver",
    "Taken",
    "ToDesk",
    "ToHelpSeeker",
    "Took",
    "WaitingEntry",
    "WatchBoard",
    "Welcome",
    "Withdraw",
    "Work",
]
