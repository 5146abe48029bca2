// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * What reaches a counsellor who looks elsewhere: a soft sound, a notification without any content.
 *
 * The sounds are made here, of two pure tones each: there is no file to load, and none to recognise.
 * A notification says that somebody waits; who, what and in which language stays at the desk.
 */

import { t, tn } from "../../../chat/browser/texts.ts";

/** What can ring. Those of a kind replace each other on the screen. */
export type Ring = "waiting" | "line" | "alarm" | "asked";

/** Frequencies in hertz, one after the other; a fifth up is friendly, a falling third asks to come. */
const TONES: Readonly<Record<Ring, readonly number[]>> = {
  waiting: [523.25, 783.99],
  line: [659.25],
  asked: [587.33, 739.99],
  alarm: [880, 698.46, 880, 698.46],
};
const LOUDNESS: Readonly<Record<Ring, number>> = { waiting: 0.12, line: 0.07, asked: 0.12, alarm: 0.22 };
/** Seconds from one tone to the next, and until a tone has died away. */
const STEP = 0.22;
const FADE = 0.5;

export type Permission = "granted" | "denied" | "default" | "missing";

export interface Bell {
  /** To be called from a press: only then may a page make sounds, and ask for notifications. */
  prepare(): Promise<void>;
  sound(ring: Ring): void;
  /** `count`: of what there is more than one. */
  notify(ring: Ring, count: number): void;
  /** What was notified is seen to. */
  clear(ring: Ring): void;
  title(text: string): void;
  /** Whether notifications are allowed. */
  permission(): Permission;
}

function bodyOf(ring: Ring, count: number): string {
  switch (ring) {
    case "waiting":
      return tn("Somebody waits.", "{n} people wait.", count);
    case "line":
      return t("Somebody has answered you.");
    case "alarm":
      return t("A colleague calls a supervisor.");
    case "asked":
      return t("A colleague asks you something.");
  }
}

export class BrowserBell implements Bell {
  #audio: AudioContext | null = null;
  readonly #shown = new Map<Ring, Notification>();

  async prepare(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume().catch(() => undefined); // no loudspeaker: the screen still tells
    if (this.permission() === "default") await Notification.requestPermission().catch(() => undefined);
  }

  permission(): Permission {
    return "Notification" in window ? Notification.permission : "missing";
  }

  sound(ring: Ring): void {
    const audio = this.#audio;
    if (audio === null || audio.state !== "running") return;
    TONES[ring].forEach((frequency, i) => {
      const at = audio.currentTime + i * STEP;
      const tone = new OscillatorNode(audio, { type: "sine", frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUDNESS[ring], at + 0.02); // at once, it would click
      volume.gain.exponentialRampToValueAtTime(0.0001, at + FADE);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + FADE);
    });
  }

  notify(ring: Ring, count: number): void {
    if (this.permission() !== "granted") return;
    try {
      const shown = new Notification("Kentering", {
        body: bodyOf(ring, count),
        tag: `kentering-${ring}`,
        silent: true, // the desk's own sound is softer
        requireInteraction: ring === "alarm",
      });
      shown.onclick = () => {
        window.focus();
        shown.close();
      };
      this.#shown.set(ring, shown);
    } catch {
      // Some tablets know notifications from service workers alone; sound and title are left.
    }
  }

  clear(ring: Ring): void {
    this.#shown.get(ring)?.close();
    this.#shown.delete(ring);
  }

  title(text: string): void {
    if (document.title !== text) document.title = text;
  }
}
