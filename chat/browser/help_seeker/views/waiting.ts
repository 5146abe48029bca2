// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What somebody who waits can look at and do, each of it folded away until it is wanted: how long it may take,
 * two taps, a signal when somebody comes, something to read, and a kind word about stopping.
 *
 * What is being read stays open when a counsellor comes: nobody's page is taken away under their eyes.
 * Loaded with the cryptography, not with the first page.
 */

import type { About, Urgency } from "../../wire.gen.ts";
import type { Expected, Said } from "../said.ts";
import { Signal } from "../signal.ts";
import type { State } from "../state.ts";
import { goodTimes, hoursOf } from "./again.ts";
import type { Kit } from "./kit.ts";
import { Reading } from "./reading.ts";

export interface WaitingActions {
  describe(said: Said): void;
  /** Ask before the place is given up. */
  stopWaiting(): void;
}

/** After so many minutes, and each time again, the page says that one may stop without blame. */
const PATIENCE = 15;
const MINUTE = 60_000;

/** How long it is likely to take from now on, as a sentence. Twin of `likely` in chat/web/first_page.py. */
export function likely({ t, tn }: Pick<Kit, "t" | "tn">, expected: Expected | null): string {
  if (expected === null) return t("We can't say how long it will be until a counsellor has time for you.");
  const { least, most } = expected;
  if (most === null)
    return tn(
      "It will probably take more than {n} minute until a counsellor has time for you.",
      "It will probably take more than {n} minutes until a counsellor has time for you.",
      least,
    );
  if (least === 0)
    return tn(
      "A counsellor will probably have time for you in less than {n} minute.",
      "A counsellor will probably have time for you in less than {n} minutes.",
      most,
    );
  return tn(
    "A counsellor will probably have time for you in {least} to {n} minute.",
    "A counsellor will probably have time for you in {least} to {n} minutes.",
    most,
    { least },
  );
}

/** A row of buttons of which one at most is pressed; pressing it again takes it back. */
class Taps<Value extends number> {
  readonly element: HTMLElement;
  readonly #buttons: readonly (readonly [Value, HTMLButtonElement])[];

  constructor(
    kit: Kit,
    question: string,
    none: Value,
    answers: readonly (readonly [Value, string])[],
    tap: (value: Value) => void,
  ) {
    this.#buttons = answers.map(([value, text]) => {
      const press: HTMLButtonElement = kit.button("tap", text, () => tap(isPressed(press) ? none : value));
      return [value, press];
    });
    const buttons = this.#buttons.map(([, press]) => press);
    this.element = kit.h("fieldset", {}, kit.h("legend", {}, question), ...buttons);
  }

  show(value: Value): void {
    for (const [own, press] of this.#buttons) press.setAttribute("aria-pressed", String(own === value));
  }
}

function isPressed(button: HTMLButtonElement): boolean {
  return button.getAttribute("aria-pressed") === "true";
}

export class WaitingView {
  readonly element: HTMLElement;
  readonly #kit: Kit;
  readonly #actions: WaitingActions;
  readonly #signal = new Signal();
  /** Stands right under the place. */
  readonly likely: HTMLElement;
  readonly #patience: HTMLElement;
  readonly #about: Taps<About>;
  readonly #urgency: Taps<Urgency>;
  readonly #acute: HTMLElement;
  readonly #said: HTMLElement;
  readonly #signals: HTMLElement;
  readonly #reading: Reading;
  #state: State | null = null;
  /** When this page began to wait, by its own clock. */
  #since = 0;
  /** How many times the person was asked whether it is too long. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(kit: Kit, actions: WaitingActions) {
    const { t, h, About, Urgency } = kit;
    this.#kit = kit;
    this.#actions = actions;
    this.likely = h("p", { role: "status" });
    this.#patience = h("section", { class: "notice", role: "status", hidden: true });
    this.#about = new Taps(
      kit,
      t("Whom is it about?"),
      About.UNSAID,
      [
        [About.ME, t("About me")],
        [About.SOMEBODY_ELSE, t("About somebody else")],
      ],
      (about) => this.#describe({ about }),
    );
    this.#urgency = new Taps(
      kit,
      t("How urgent does it feel?"),
      Urgency.USUAL,
      [
        [Urgency.CAN_WAIT, t("It can wait a little")],
        [Urgency.ACUTE, t("It is very urgent")],
      ],
      (urgency) => this.#describe({ urgency }),
    );
    this.#acute = h(
      "p",
      { role: "status", hidden: true },
      t(
        "You come before those for whom it is less urgent. If you or a child may be hurt now, don't wait for us: the numbers are at the top, under “Someone is in danger now”.",
      ),
    );
    this.#said = folded(kit, t("Two things you can tell us, if you like"), [
      h(
        "p",
        { class: "quiet" },
        t("You don't have to, and you can change it. It helps us to see who comes next."),
      ),
      this.#about.element,
      this.#urgency.element,
      this.#acute,
    ]);
    this.#signals = this.#signalView();
    this.#reading = new Reading(kit);
    this.element = h(
      "div",
      { class: "while-waiting" },
      this.#patience,
      this.#said,
      this.#signals,
      this.#reading.element,
    );
  }

  show(state: State): void {
    const before = this.#state;
    const waits = state.at === "waiting";
    this.#state = state;
    if (before?.at === "waiting" && (state.at === "matched" || state.at === "open")) this.#signal.come();
    if (waits && before?.at !== "waiting") this.#begin();
    if (!waits) this.#rest();
    for (const part of [this.likely, this.#said, this.#signals]) part.hidden = !waits;
    this.#reading.show(state.counsellor !== null || state.at === "matched", waits);
    this.likely.hidden = !waits || state.ahead === null || !state.attended;
    if (!this.likely.hidden) this.#kit.write(this.likely, likely(this.#kit, state.expected));
    this.#about.show(state.said.about);
    this.#urgency.show(state.said.urgency);
    this.#acute.hidden = !state.heard || state.said.urgency !== this.#kit.Urgency.ACUTE;
    if (waits && !state.attended && before?.attended === true) this.#ask(null);
  }

  /** This screen is gone. */
  close(): void {
    this.#rest();
    this.#signal.off();
  }

  #describe(said: Partial<Said>): void {
    if (this.#state !== null) this.#actions.describe({ ...this.#state.said, ...said });
  }

  #begin(): void {
    this.#since = Date.now();
    this.#asked = 0;
    this.#timer = setTimeout(() => this.#wait(), MINUTE);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#patience.hidden = true;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#wait(), MINUTE);
    const times = Math.floor((Date.now() - this.#since) / (PATIENCE * MINUTE));
    if (times <= this.#asked) return;
    this.#asked = times;
    this.#ask(times * PATIENCE);
  }

  /** Whether it is too long; `minutes` null: nobody is on duty any more. */
  #ask(minutes: number | null): void {
    const { t, tn, h, button } = this.#kit;
    const talk = document.getElementById("talk");
    const hours = talk === null ? { until: null, opens: null } : hoursOf(talk);
    const attended = this.#state?.attended !== false;
    const times = goodTimes(this.#kit, hours, attended, document.documentElement.lang, new Date());
    const waited =
      minutes === null
        ? []
        : [tn("You have been waiting for {n} minute.", "You have been waiting for {n} minutes.", minutes)];
    // While nobody is on duty, it stands above already that one may stop.
    const may =
      attended || times.length === 0
        ? [t("You can wait on. You can also stop and come another time: that is all right.")]
        : [];
    const texts = [...waited, ...may, ...times];
    this.#patience.replaceChildren(
      ...texts.map((text) => h("p", {}, text)),
      h(
        "div",
        { class: "actions" },
        button("button", t("Wait on"), () => {
          this.#patience.hidden = true;
        }),
        button("button", t("Stop waiting"), () => this.#actions.stopWaiting()),
      ),
    );
    this.#patience.hidden = false;
  }

  #signalView(): HTMLElement {
    const { t, h, button, write } = this.#kit;
    const heard = h("p", { class: "quiet", role: "status" });
    const mark: HTMLButtonElement = button("tap", t("A mark in the tab's name"), () => {
      this.#signal.mark(!this.#signal.marks);
      mark.setAttribute("aria-pressed", String(this.#signal.marks));
    });
    const sound: HTMLButtonElement = button("tap", t("A soft sound"), () => {
      const wanted = !this.#signal.sounds;
      void this.#signal.sound(wanted).then((on) => {
        if (on === null) return; // a later press says what became of it
        sound.setAttribute("aria-pressed", String(on));
        const none = wanted ? t("Your browser doesn't let this page make a sound.") : "";
        write(heard, on ? t("This was it. Others near you may hear it too.") : none);
      });
    });
    for (const press of [mark, sound]) press.setAttribute("aria-pressed", "false");
    return folded(this.#kit, t("Tell me when somebody comes"), [
      h(
        "p",
        { class: "quiet" },
        t("Both are off until you switch them on. The sound is played once when you do."),
      ),
      h("div", { class: "taps" }, mark, sound),
      heard,
    ]);
  }
}

function folded({ h }: Kit, title: string, inside: readonly HTMLElement[]): HTMLElement {
  return h("details", { class: "fold" }, h("summary", {}, title), ...inside);
}
