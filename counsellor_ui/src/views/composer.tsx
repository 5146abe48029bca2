// SPDX-License-Identifier: AGPL-3.0-or-later
/** Where a reply is written. It belongs to one conversation, says to which, and keeps its own draft. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { bytesOf, flaw, tidy } from "../../../chat/browser/guard.ts";
import { MAX_LINE } from "../../../chat/browser/sealing/api.ts";
import { t, tn } from "../../../chat/browser/texts.ts";
import { useApp } from "../parts/context.ts";
import type { Conversation } from "../state/conversation.ts";
import type { Inserted, QuickReply, Slash } from "../state/quick_replies.ts";
import { insert, matching, opened, slashAt } from "../state/quick_replies.ts";
import { focusReply, quickId, replyId } from "./focus.ts";
import { optionId, QuickReplyPicker } from "./quick_reply_picker.tsx";

/** From here on the composer says how much still fits, in bytes. */
const NEARLY_FULL = 400;

interface ComposerProps {
  readonly c: Conversation;
  readonly name: string;
}

export function Composer({ c, name }: ComposerProps): JSX.Element {
  const app = useApp();
  const place = useRef<HTMLTextAreaElement>(null);
  const quick = useQuickReplies(c, place);
  const text = tidy(c.draft);
  const left = MAX_LINE - bytesOf(text);
  const problem = left < 0 ? "tooLong" : flaw(text);
  const send = (): void => {
    if (problem === null) void app.say(c.sid, text);
  };
  const key = (event: KeyboardEvent): void => {
    // While an input method composes a character, every key belongs to it.
    if (event.isComposing || quick.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    send();
  };
  const hint = `${replyId(c.sid)}-hint`;
  const list = `${replyId(c.sid)}-list`;
  const { shown, at } = quick;
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
      {shown !== null && (
        <QuickReplyPicker id={list} replies={shown} at={at} language={c.language} choose={quick.choose} />
      )}
      <textarea
        ref={place}
        id={replyId(c.sid)}
        rows={3}
        dir="auto"
        autoComplete="off"
        placeholder={t("Reply to {conversation}", { conversation: name })}
        value={c.draft}
        aria-describedby={hint}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={shown === null ? undefined : list}
        aria-activedescendant={shown?.[at] === undefined ? undefined : optionId(list, at)}
        onInput={(event) => {
          app.draft(c.sid, event.currentTarget.value);
          quick.look();
        }}
        onKeyDown={key}
        onClick={quick.look}
        onBlur={quick.close}
      />
      <p id={hint} class="composer-hint" role="status">
        {shown !== null && tn("{n} quick reply", "{n} quick replies", shown.length)}
        {problem === "link" && t("Links are not sent. Say where it can be found instead.")}
        {problem === "tooLong" && t("This is too long for one message. Make two of it.")}
        {problem === null &&
          left < NEARLY_FULL &&
          tn("Room for {n} more sign", "Room for {n} more signs", left)}
      </p>
      <button
        id={quickId(c.sid)}
        type="button"
        class="button small-button quiet"
        onPointerDown={(event) => event.preventDefault()} // the cursor stays where it is
        onClick={quick.open}
      >
        {t("Quick reply")}
        <span class="visually-hidden"> {name}</span>
      </button>
      <button type="submit" class="button primary" disabled={problem !== null}>
        {t("Send to {conversation}", { conversation: name })}
      </button>
    </form>
  );
}

interface QuickReplies {
  /** What the list shows; null: it is not open. */
  readonly shown: readonly QuickReply[] | null;
  readonly at: number;
  /** Look again at where the cursor is. */
  look(): void;
  open(): void;
  close(): void;
  choose(reply: QuickReply): void;
  /** Whether the key was the list's. */
  key(event: KeyboardEvent): boolean;
}

/** The list at a "/": what is in it, which one is chosen, and where it goes. */
function useQuickReplies(
  c: Conversation,
  place: { readonly current: HTMLTextAreaElement | null },
): QuickReplies {
  const app = useApp();
  const [slash, setSlash] = useState<Slash | null>(null);
  const [at, setAt] = useState(0);
  const cursor = useRef<number | null>(null);
  // Preact writes the value after the event: only then can the cursor be put behind what was inserted.
  useLayoutEffect(() => {
    if (cursor.current === null) return;
    place.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  });
  const replies = app.content.value?.quickReplies ?? [];
  const shown = slash === null ? null : matching(replies, slash.query, c.language);
  const put = (made: Inserted): void => {
    cursor.current = made.cursor;
    app.draft(c.sid, made.text);
    place.current?.focus();
  };
  const close = (): void => setSlash(null);
  const look = (): void => {
    const field = place.current;
    const found = field === null ? null : slashAt(field.value, field.selectionStart);
    setSlash(found);
    setAt(0);
  };
  const choose = (reply: QuickReply): void => {
    const field = place.current;
    if (field === null || slash === null) return;
    put(insert(field.value, slash, field.selectionStart, reply.text));
    close();
  };
  const open = (): void => {
    const field = place.current;
    if (field === null) return;
    const made = opened(field.value, field.selectionStart);
    put(made);
    setSlash(slashAt(made.text, made.cursor));
    setAt(0);
  };
  const key = (event: KeyboardEvent): boolean => {
    if (shown === null || event.altKey || event.ctrlKey || event.metaKey) return false;
    const chosen = shown[at];
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (shown.length > 0)
          setAt((at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
        break;
      case "Enter":
      case "Tab":
        if (chosen === undefined || event.shiftKey) return false; // nothing fits: it is a text like any other
        choose(chosen);
        break;
      case "Escape":
        close();
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { shown, at, look, open, close, choose, key };
}
