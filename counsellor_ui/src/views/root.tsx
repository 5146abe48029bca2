// SPDX-License-Identifier: AGPL-3.0-or-later
/** The frame around every screen: banner, head, the screen that is due, and the dialogs. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import type { App } from "../app.ts";
import { Action } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { find } from "../state/desk.ts";
import { troubleText } from "../state/refusals.ts";
import type { Command } from "../state/shortcuts.ts";
import { commandFor } from "../state/shortcuts.ts";
import { AlarmStrip } from "./alarm.tsx";
import { BoardView } from "./board.tsx";
import { DeskView } from "./desk.tsx";
import { DevicesView } from "./devices.tsx";
import { DutyDialog } from "./duty_switch.tsx";
import { EndDialog } from "./end_dialog.tsx";
import { EnrolView } from "./enrol.tsx";
import {
  ALARM_ID,
  focusReply,
  focusRoom,
  focusSoon,
  handOverId,
  quickId,
  riskId,
  wrapUpId,
} from "./focus.ts";
import { HandoverDialog } from "./handover_dialog.tsx";
import { Head } from "./head.tsx";
import { LockView } from "./lock.tsx";
import { ManageView } from "./manage/manage.tsx";
import { OwnRepliesView } from "./manage/own_replies.tsx";
import { asksOnly } from "./members.tsx";
import { Sheet } from "./sheet.tsx";
import { NoKeyView, SignInView } from "./sign_in.tsx";
import { SignOutDialog } from "./sign_out_dialog.tsx";
import { TeamView } from "./team.tsx";

export function Root(): JSX.Element {
  const app = useApp();
  useEffect(() => listen(app), [app]);
  return (
    <div class="frame">
      <Head />
      {app.me.value !== null && <AlarmStrip />}
      <Screen />
      {!app.locking.locked.value && <Dialogs />}
    </div>
  );
}

function Dialogs(): JSX.Element {
  const app = useApp();
  return (
    <>
      {app.sheet.value && <Sheet />}
      {app.day.choosing.value && <DutyDialog />}
      {app.ending.value !== null && <EndDialog sid={app.ending.value} />}
      {app.joining.handing.value !== null && <HandoverDialog sid={app.joining.handing.value} />}
      {app.leaving.value && <SignOutDialog />}
    </>
  );
}

function Screen(): JSX.Element {
  const app = useApp();
  const screen = app.screen.value;
  switch (screen.kind) {
    case "loading":
      return (
        <main class="page">
          <p role="status">{t("One moment")}</p>
        </main>
      );
    case "failed":
      return (
        <main class="page">
          <h1>{t("The desk can't open")}</h1>
          <p role="alert">{troubleText(screen.trouble)}</p>
          <Action look="primary" work={async () => location.reload()}>
            {t("Try again")}
          </Action>
        </main>
      );
    case "no_store":
      return (
        <main class="page">
          <h1>{t("This browser can't keep anything")}</h1>
          <p>
            {t(
              "The desk keeps your key in the browser. Private windows often can't do that: use an ordinary window.",
            )}
          </p>
        </main>
      );
    case "signed_out":
      return <SignInView unasked={screen.unasked} lost={screen.lost} />;
    case "enrol":
      return <EnrolView enrolling={screen.enrolling} />;
    case "signed_in":
      if (screen.mine.key === null) return <NoKeyView me={screen.me} />;
      if (app.locking.locked.value) return <LockView />;
      if (app.place.value === "board" && app.supervises) return <BoardView />;
      if (app.place.value === "team") return <TeamView />;
      if (app.place.value === "manage") return <ManageView />;
      if (app.place.value === "replies") return <OwnRepliesView />;
      return app.place.value === "devices" ? <DevicesView /> : <DeskView />;
  }
}

/** Listen for the shortcuts until the root goes; and for the window coming back to the front. */
function listen(app: App): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const command = commandFor(event);
    if (command === null || app.mine.value?.identity == null) return;
    event.preventDefault();
    if (app.locking.locked.value) return;
    if (document.querySelector("dialog[open]") === null) obey(app, command);
  };
  const returned = (): void => {
    const { selected } = app.desk.value;
    if (selected !== null && app.seen(selected)) app.select(selected);
  };
  document.addEventListener("keydown", pressed);
  window.addEventListener("focus", returned);
  return () => {
    document.removeEventListener("keydown", pressed);
    window.removeEventListener("focus", returned);
  };
}

/** Commands that leave the person where they are. */
const ANYWHERE: ReadonlySet<Command> = new Set<Command>(["sheet", "duty", "alarm", "lock", "board"]);

function obey(app: App, command: Command): void {
  if (!ANYWHERE.has(command)) app.place.value = "desk";
  const chosen = find(app.desk.value, app.desk.value.selected);
  // A supervisor's seat has no end, no risk and no call of its own.
  const open =
    chosen !== null && chosen.stage !== "ended" && chosen.slot === 0 && !asksOnly(chosen) ? chosen.sid : null;
  switch (command) {
    case "next":
    case "previous":
      app.dispatch({ kind: "turn", by: command === "next" ? 1 : -1 });
      return focusReply(app.desk.value.selected);
    case "reply":
      return focusReply(app.desk.value.selected);
    case "quick_reply":
      if (open !== null) document.getElementById(quickId(open))?.click();
      return;
    case "help_next":
      return app.helpNext();
    case "room":
      app.dispatch({ kind: "list" });
      return focusRoom();
    case "duty":
      return app.chooseDuty();
    case "ask_help":
      return app.day.askHelp(open);
    case "alarm":
      return focusSoon(ALARM_ID);
    case "risk":
      if (open === null) return;
      app.judging.value = open;
      return focusSoon(riskId(open));
    case "hand_over":
      // The button is there only while it can be done.
      if (open !== null) document.getElementById(handOverId(open))?.click();
      return;
    case "end":
      if (open !== null) app.ending.value = open;
      return;
    case "wrap_up":
      return wrapUp(app);
    case "board":
      if (app.supervises) app.place.value = "board";
      return;
    case "lock":
      return app.locking.lock();
    case "sheet":
      app.sheet.value = true;
  }
}

/** To the one that is selected, else to the one that ended first. */
function wrapUp(app: App): void {
  const { conversations, selected } = app.desk.value;
  const waiting = conversations.filter((c) => c.wrapUp !== null);
  const next = waiting.find((c) => c.sid === selected) ?? waiting[0];
  if (next === undefined) return;
  app.select(next.sid);
  focusSoon(wrapUpId(next.sid));
}
