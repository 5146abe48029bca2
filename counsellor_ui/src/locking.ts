// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The desk locks itself when nobody touches it: texts leave the screen, conversations go on.
 *
 * Kept in session storage, so that loading the page anew is no way around it. It protects from somebody who
 * comes by, not from somebody who takes the computer apart.
 */

import { signal } from "@preact/signals";
import { lockDue } from "./state/lock.ts";

const KEPT = "kentering-desk-locked";
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

export class Locking {
  readonly locked = signal(wasLocked());
  #touched = Date.now();

  /** Listen for touches until the result is called. */
  listen(): () => void {
    const touched = (): void => {
      this.#touched = Date.now();
    };
    for (const touch of TOUCHES) addEventListener(touch, touched, { passive: true, capture: true });
    return () => {
      for (const touch of TOUCHES) removeEventListener(touch, touched, { capture: true });
    };
  }

  /** Once a second, while somebody is signed in. */
  tick(minutes: number): void {
    if (!this.locked.value && lockDue(this.#touched, minutes, Date.now())) this.lock();
  }

  lock(): void {
    this.locked.value = true;
    keep(true);
  }

  unlock(): void {
    this.#touched = Date.now();
    this.locked.value = false;
    keep(false);
  }
}

function wasLocked(): boolean {
  try {
    return sessionStorage.getItem(KEPT) !== null;
  } catch {
    return false; // this browser keeps nothing, nor the desk then
  }
}

function keep(locked: boolean): void {
  try {
    if (locked) sessionStorage.setItem(KEPT, "1");
    else sessionStorage.removeItem(KEPT);
  } catch {
    // as above
  }
}
