// SPDX-License-Identifier: AGPL-3.0-or-later
/** One conversation: its name and colour, who is there, the lines, and its own place to write. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../../../chat/browser/sealing/types.ts";
import { t, tn } from "../../../chat/browser/texts.ts";
import { Risk } from "../../../chat/browser/wire.gen.ts";
import { useApp } from "../parts/context.ts";
import { memo } from "../parts/memo.ts";
import { languageText, timeText } from "../parts/times.ts";
import { riskText } from "../state/content.ts";
import type { Conversation, Mark } from "../state/conversation.ts";
import { gone, waiting } from "../state/conversation.ts";
import { labelText } from "../state/labels.ts";
import { Composer } from "./composer.tsx";
import { focusReply, focusRoom, paneId } from "./focus.ts";
import { asksOnly, authorText, MemberActs, MemberNotes } from "./members.tsx";
import { RiskCard } from "./risk.tsx";
import { endingText, presenceText, stateText, waitingText } from "./words.ts";
import { WrapUpForm } from "./wrap_up.tsx";

interface PaneProps {
  readonly conversation: Conversation;
  readonly selected: boolean;
}

export function ConversationPane({ conversation: c, selected }: PaneProps): JSX.Element {
  const app = useApp();
  const name = labelText(c.label);
  return (
    <section
      id={paneId(c.sid)}
      class={`pane colour-${c.label.colour} ${selected ? "selected" : ""}`}
      aria-label={t("Conversation {conversation}", { conversation: name })}
      tabIndex={-1}
      onFocusIn={() => app.select(c.sid)}
      onPointerDown={() => app.select(c.sid)}
    >
      <PaneHead c={c} name={name} />
      {app.judging.value === c.sid && c.stage !== "ended" && <RiskCard c={c} name={name} />}
      <Log c={c} name={name} />
      {c.stage === "ended" ? <Ended c={c} name={name} /> : <Composer c={c} name={name} />}
    </section>
  );
}

function PaneHead({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  const clock = app.clock.value;
  const up = app.link.value === "up";
  return (
    <header class="pane-head">
      <h2>
        <span class="pane-name">
          <span class="chip" aria-hidden="true">
            {c.label.number}
          </span>
          {name}
        </span>
        {c.unread > 0 && <span class="unread">{tn("{n} new", "{n} new", c.unread)}</span>}
      </h2>
      <p class={waiting(c).who === "us" ? "pane-waiting for-you" : "pane-waiting"}>{waitingText(c, clock)}</p>
      <div class="pane-second">
        <p class="pane-facts">
          <span>{languageText(c.language)}</span>
          {c.stage !== "ended" && (
            <span class={c.present || !up ? "here" : "away"}>{presenceText(c, clock, up)}</span>
          )}
        </p>
        {c.stage !== "ended" &&
          (c.slot === 0 && !asksOnly(c) ? (
            <PaneActs c={c} name={name} />
          ) : (
            <SupervisorActs c={c} name={name} />
          ))}
      </div>
      <PaneNotes c={c} />
    </header>
  );
}

function SupervisorActs({ c, name }: { c: Conversation; name: string }): JSX.Element {
  return (
    <p class="pane-acts">
      <MemberActs c={c} name={name} />
    </p>
  );
}

function PaneActs({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  const judging = app.judging.value === c.sid;
  return (
    <p class="pane-acts">
      <button
        type="button"
        class={`button small-button risk-${c.risk}`}
        aria-expanded={judging}
        onClick={() => (app.judging.value = judging ? null : c.sid)}
      >
        {c.risk === Risk.NONE ? t("Risk") : riskText(c.risk)}
        <span class="visually-hidden"> {name}</span>
      </button>
      <button type="button" class="button small-button" onClick={() => app.day.askHelp(c.sid)}>
        {t("Get help")}
        <span class="visually-hidden"> {name}</span>
      </button>
      <MemberActs c={c} name={name} />
      <button type="button" class="button small-button danger" onClick={() => (app.ending.value = c.sid)}>
        {t("End")}
        <span class="visually-hidden"> {name}</span>
      </button>
    </p>
  );
}

/** What is unusual now; in a polite region, so that it is heard without taking the focus. */
function PaneNotes({ c }: { c: Conversation }): JSX.Element {
  return (
    <div class="pane-notes" role="status">
      {c.serverSeals && (
        <p>
          {t(
            "This person's browser runs no scripts. Our server seals for them, and can read what you both write while it passes it on. They are told so, too.",
          )}
        </p>
      )}
      {c.startedAnew && c.stage === "taking" && (
        <p>
          {t("This browser lost what was written before. The other person is asked whether you may go on.")}
        </p>
      )}
      <MemberNotes c={c} />
      {c.stage === "resuming" && <p>{t("The two browsers are finding each other again.")}</p>}
      {c.laneFull && <p>{t("Much is waiting to be delivered. Wait until the other person is back.")}</p>}
    </div>
  );
}

/** Keeps the newest line in sight, unless the person scrolled up to read. */
function Log({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const following = useRef(true);
  following.current = atEnd;
  const height = useRef(0);
  const toEnd = (): void => {
    const log = place.current;
    if (log !== null) log.scrollTop = log.scrollHeight;
  };
  useLayoutEffect(() => {
    if (atEnd || c.lines.at(-1)?.from === "own") toEnd();
  }, [c.lines.length]);
  // The place gets lower when the draft grows or the window shrinks: the newest line stays in sight.
  useLayoutEffect(() => {
    const log = place.current;
    if (log === null) return;
    const watch = new ResizeObserver(() => {
      height.current = log.clientHeight;
      if (following.current) toEnd();
    });
    watch.observe(log);
    return () => watch.disconnect();
  }, []);
  const scrolled = (): void => {
    const log = place.current;
    // Of another height than the observer has seen: the window did this, not the person.
    if (log === null || log.clientHeight !== height.current) return;
    setAtEnd(log.scrollHeight - log.scrollTop - log.clientHeight < 40);
  };
  return (
    <div class="log-frame">
      <div
        ref={place}
        class="log"
        role="log"
        aria-label={t("What was written in {conversation}", { conversation: name })}
        aria-relevant="additions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must be reached by keyboard (WCAG 2.1.1)
        tabIndex={0}
        onScroll={scrolled}
      >
        <Lines lines={c.lines} marks={c.marks} name={name} />
      </div>
      {!atEnd && c.unread > 0 && (
        <button type="button" class="button small-button to-end" onClick={toEnd}>
          {t("Newer lines below")}
        </button>
      )}
      <Typing until={c.typingUntil} name={name} />
    </div>
  );
}

/** By itself, so that the second hand draws one line and not the whole log. */
function Typing({ until, name }: { until: number; name: string }): JSX.Element {
  const app = useApp();
  const typing = until > app.clock.value;
  return (
    <p class="typing" aria-hidden={!typing}>
      {typing && t("{conversation} is writing", { conversation: name })}
    </p>
  );
}

interface LinesProps {
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  readonly name: string;
}

/** Lines, and between them where the other person left and came back. */
const Lines = memo(function Lines({ lines, marks, name }: LinesProps): JSX.Element {
  const lastOwn = lines.findLast((line) => line.from === "own");
  const at = (after: number): JSX.Element[] =>
    marks.filter((mark) => mark.after === after).map((mark) => <MarkLine key={mark.at} mark={mark} />);
  return (
    <>
      {at(0)}
      {lines.flatMap((line, i) => [
        <LogLine key={line.mid} line={line} name={name} last={line === lastOwn} />,
        ...at(i + 1),
      ])}
    </>
  );
});

function MarkLine({ mark }: { mark: Mark }): JSX.Element {
  const time = timeText(mark.at);
  return (
    <p class="mark">
      {mark.present
        ? t("{time} The other person is back", { time })
        : t("{time} The other person is away", { time })}
    </p>
  );
}

interface LogLineProps {
  readonly line: Line;
  readonly name: string;
  /** The last line of ours: its state is always shown, those before only while it is not "delivered". */
  readonly last: boolean;
}

const LogLine = memo(function LogLine({ line, name, last }: LogLineProps): JSX.Element {
  const own = line.from === "own";
  const shown = own && (last || line.state !== "delivered");
  const author = authorText(line, name);
  return (
    <div class={`line ${line.from} ${line.kind} ${own ? line.state : ""}`}>
      {author === null ? (
        <span class="visually-hidden">{own ? t("You:") : `${name}:`} </span>
      ) : (
        <p class="line-author">{author}</p>
      )}
      <p class="line-text" dir="auto">
        {line.text}
      </p>
      <p class="line-facts">
        <time dateTime={new Date(line.at * 1000).toISOString()}>{timeText(line.at * 1000)}</time>
        {shown && <span class="line-state">{stateText(line)}</span>}
      </p>
    </div>
  );
});

function Ended({ c, name }: { c: Conversation; name: string }): JSX.Element {
  const app = useApp();
  const until = gone(c);
  const done = (): void => {
    app.done(c.sid);
    if (app.desk.value.selected === null) focusRoom();
    else focusReply(app.desk.value.selected);
  };
  const undelivered = c.lines.filter((line) => line.state === "undelivered").length;
  return (
    <footer class="ended">
      <p role="status">{c.ending !== null && endingText(c.ending, c.slot)}</p>
      {undelivered > 0 && (
        <p>
          {tn(
            "{n} line of yours was not delivered. It is marked above.",
            "{n} lines of yours were not delivered. They are marked above.",
            undelivered,
          )}
        </p>
      )}
      <p class="small">
        {until !== null &&
          (c.wrapUp === null
            ? t("The text is in this tab only. It disappears at {time}.", { time: timeText(until) })
            : t("The text is in this tab only, until you have sent this, and till {time} at the latest.", {
                time: timeText(until),
              }))}
      </p>
      {c.wrapUp === null ? (
        <button type="button" class="button primary" onClick={done}>
          {t("Done, put the text away")}
        </button>
      ) : (
        <WrapUpForm c={c} wrapUp={c.wrapUp} name={name} />
      )}
    </footer>
  );
}
