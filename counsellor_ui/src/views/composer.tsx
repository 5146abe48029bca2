// SPDX-License-Identifier: AGPL-3.0-or-later
/** Where a reply is written. It belongs to one conversation, says to which, and keeps its own draft. */

import type { JSX } from "preact";
import { bytesOf, flaw, tidy } from "../../../chat/browser/guard.ts";
import { MAX_LINE } from "../../../chat/browser/sealing/api.ts";
import { t, tn } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import type { Conversation } from "../state/conversation.ts";
import { focusReply, replyId } from "./focus.ts";

/** From here on the composer says how much still fits, in bytes. */
const NEARLY_FULL = 400;

export function Composer({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  const text = tidy(c.draft);
  const left = MAX_LINE - bytesOf(text);
  const problem = left < 0 ? "tooLong" : flaw(text);
  const send = (): void => {
    if (problem === null) void app.say(c.sid, text);
  };
  const key = (event: KeyboardEvent): void => {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const hint = `${replyId(c.sid)}-hint`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        focusReply(c.sid);
      }}
    >
      <label class="visually-hidden" for={replyId(c.sid)}>
        {t("Reply to {conversation}", { conversation: name })}
      </label>
      <textarea
        id={replyId(c.sid)}
        rows={3}
        dir="auto"
        autoComplete="off"
        placeholder={t("Reply to {conversation}", { conversation: name })}
        value={c.draft}
        aria-describedby={hint}
        onInput={(event) => app.draft(c.sid, event.currentTarget.value)}
        onKeyDown={key}
      />
      <p id={hint} class="composer-hint" role="status">
        {problem === "link" && t("Links are not sent. Say where it can be found instead.")}
        {problem === "tooLong" && t("This is too long for one message. Make two of it.")}
        {problem === null &&
          left < NEARLY_FULL &&
          tn("Room for {n} more sign", "Room for {n} more signs", left)}
      </p>
      <button type="submit" class="button primary" disabled={problem !== null}>
        {t("Send to {conversation}", { conversation: name })}
      </button>
    </form>
  );
}
