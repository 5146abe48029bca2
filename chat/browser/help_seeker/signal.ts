// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A soft sound, or a mark in the tab's name, when somebody comes. Both are off until the person asks for them,
 * and nothing of it is kept. Where a browser does not let the page sound, it stays silent.
 */

const MARK = "\u2022 ";
/** Hertz, and seconds from the beginning: two low notes, no alarm. */
const NOTES = [
  [392, 0],
  [494, 0.35],
] as const;
const LASTS = 0.9;
const LOUDEST = 0.12;
/** Whatever shows that the person is back at this tab. */
const BACK = ["visibilitychange", "focus", "pointerdown", "keydown"] as const;

export class Signal {
  #audio: AudioContext | null = null;
  #sounds = false;
  #marks = false;
  readonly #name = document.title;
  readonly #back = (): void => {
    if (!document.hidden) this.clear();
  };

  get sounds(): boolean {
    return this.#sounds;
  }

  get marks(): boolean {
    return this.#marks;
  }

  /**
   * From a press only: browsers let a page sound after one. Sounds once, so that the person knows it.
   * Resolves with whether there is a sound now; null: pressed again or switched off while the browser got it ready.
   */
  async sound(on: boolean): Promise<boolean | null> {
    this.#close();
    if (!on) return false;
    let audio: AudioContext | null = null;
    try {
      audio = this.#audio = new AudioContext();
      await audio.resume();
      if (audio !== this.#audio) return null; // closed by whatever came in between
      this.#play();
      this.#sounds = true;
      return true;
    } catch {
      if (audio !== this.#audio) return null;
      this.#close(); // no sound here
      return false;
    }
  }

  mark(on: boolean): void {
    this.#marks = on;
    if (!on) this.clear();
  }

  /** Somebody comes. */
  come(): void {
    if (this.#sounds) this.#play();
    if (!this.#marks) return;
    document.title = MARK + this.#name;
    for (const sign of BACK) addEventListener(sign, this.#back, true);
  }

  /** The tab's name is as before. */
  clear(): void {
    document.title = this.#name;
    for (const sign of BACK) removeEventListener(sign, this.#back, true);
  }

  /** This conversation's screen is gone. */
  off(): void {
    void this.sound(false);
    this.mark(false);
  }

  #close(): void {
    this.#audio?.close().catch(() => undefined);
    this.#audio = null;
    this.#sounds = false;
  }

  #play(): void {
    const audio = this.#audio;
    if (audio === null || audio.state !== "running") return;
    const now = audio.currentTime;
    for (const [pitch, after] of NOTES) {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const loudness = new GainNode(audio, { gain: 0 });
      loudness.gain.setValueAtTime(0, now + after);
      loudness.gain.linearRampToValueAtTime(LOUDEST, now + after + 0.08);
      loudness.gain.exponentialRampToValueAtTime(0.001, now + after + LASTS);
      tone.connect(loudness).connect(audio.destination);
      tone.start(now + after);
      tone.stop(now + after + LASTS);
    }
  }
}
