// SPDX-License-Identifier: AGPL-3.0-or-later
/** The desk: waiting room and list of conversations on one side, the conversations beside each other. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { mayServe } from "../state/certificates.ts";
import { noticeText } from "../state/notices.ts";
import { AskedOver } from "./asked_over.tsx";
import { ConversationPane } from "./conversation.tsx";
import { ConversationList } from "./conversation_list.tsx";
import { DutySwitch } from "./duty_switch.tsx";
import { focusSoon, ROOM_ID } from "./focus.ts";
import { CertificateLine } from "./head.tsx";
import { PauseOffer } from "./pause.tsx";
import { SideChannelView } from "./side_channel.tsx";
import { WaitingRoomView } from "./waiting_room.tsx";

export function DeskView(): JSX.Element {
  const app = useApp();
  const mine = app.mine.value;
  if (mine === null || !mayServe(mine.staff)) {
    return (
      <main class="page">
        <h1>{t("The desk is not open for you")}</h1>
        {mine !== null && <CertificateLine standing={mine.staff} manager={false} />}
        <Action work={() => app.refresh()}>{t("Look again")}</Action>
      </main>
    );
  }
  if (app.stopped.value !== null) return <Stopped />;
  const { conversations, selected, notice, listed } = app.desk.value;
  return (
    <main class={listed || selected === null ? "desk" : "desk talks"}>
      <h1 class="visually-hidden">{t("Desk")}</h1>
      <aside class="side" aria-label={t("Waiting room and your conversations")}>
        <DutySwitch />
        <CertificateLine standing={mine.staff} manager={false} />
        <p class="notice" role="status">
          {notice !== null && noticeText(notice)}
        </p>
        <PauseOffer />
        <AskedOver />
        <WaitingRoomView />
        <ConversationList />
        <SideChannelView />
      </aside>
      <div class="panes">
        <BackToList />
        {conversations.length === 0 && (
          <p class="empty">{t("No conversation is open. Help the next person when you are ready.")}</p>
        )}
        {conversations.map((c) => (
          <ConversationPane key={c.sid} conversation={c} selected={c.sid === selected} />
        ))}
      </div>
    </main>
  );
}

/** On a screen with room for one thing: from the conversation to the list, which says what is new elsewhere. */
function BackToList(): JSX.Element {
  const app = useApp();
  const { conversations, selected } = app.desk.value;
  const unread = conversations.reduce((sum, c) => (c.sid === selected ? sum : sum + c.unread), 0);
  const back = (): void => {
    app.dispatch({ kind: "list" });
    focusSoon(ROOM_ID);
  };
  return (
    <button type="button" class="button back-to-list" onClick={back}>
      {t("Waiting room and your conversations")}
      {unread > 0 && <span class="unread">{tn("{n} new", "{n} new", unread)}</span>}
    </button>
  );
}

function Stopped(): JSX.Element | null {
  const app = useApp();
  switch (app.stopped.value) {
    case "superseded":
      return (
        <main class="page">
          <h1>{t("You continued in another tab")}</h1>
          <p>{t("This tab has stopped, and shows nothing of your open conversations.")}</p>
          <UseHere />
        </main>
      );
    case "held_elsewhere":
      return (
        <main class="page">
          <h1>{t("The desk is open in another tab")}</h1>
          <p>{t("Only one tab at a time can be your desk. Your conversations move with you.")}</p>
          <UseHere />
        </main>
      );
    case "out_of_date":
      return (
        <main class="page">
          <h1>{t("The desk has a new version")}</h1>
          <p>{t("Load it now. Your conversations stay open.")}</p>
          <Action look="primary" work={async () => location.reload()}>
            {t("Load the new version")}
          </Action>
        </main>
      );
    case "no_certificate":
      return (
        <main class="page">
          <h1>{t("The desk is not open for you")}</h1>
          <p>{t("The service does not accept this device's certificate. Ask a manager.")}</p>
          <Action work={() => app.useHere()}>{t("Try again")}</Action>
        </main>
      );
    default:
      return null;
  }
}

function UseHere(): JSX.Element {
  const app = useApp();
  return (
    <Action look="primary" work={() => app.useHere()}>
      {t("Use this tab")}
    </Action>
  );
}
