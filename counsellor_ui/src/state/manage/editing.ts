// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One thing a manager edits: what the service holds, the draft on the screen, and what somebody else
 * saved meanwhile. Pure.
 *
 * How this works. Saving names the version the draft began from. When the service has another one, nothing
 * is overwritten unseen: `theirs` holds it until the person has chosen. Nothing is ever saved by itself.
 */

/** A value, and how often it was saved; 0: never yet. */
export interface Kept<T> {
  readonly version: number;
  readonly value: T;
}

export interface Editing<T> {
  /** What the service holds, as far as this desk knows. */
  readonly kept: Kept<T>;
  readonly draft: T;
  /** What somebody else saved while the draft was open. */
  readonly theirs: Kept<T> | null;
  /** When this draft was saved, milliseconds; forgotten with the next change. */
  readonly savedAt: number | null;
}

/** Whether two values are the same as the service would keep them: the order of names says nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
  );
}

export function open<T>(kept: Kept<T>): Editing<T> {
  return { kept, draft: kept.value, theirs: null, savedAt: null };
}

/** Whether the draft differs from what the service holds. */
export function unsaved<T>(e: Editing<T>): boolean {
  return !same(e.draft, e.kept.value);
}

export function edited<T>(e: Editing<T>, draft: T): Editing<T> {
  return { ...e, draft, savedAt: null };
}

/** Back to what the service holds. */
export function undone<T>(e: Editing<T>): Editing<T> {
  return open(e.kept);
}

/**
 * The service kept what was sent, perhaps with something of its own added (who confirmed it); what was typed
 * meanwhile stays unsaved.
 */
export function saved<T>(e: Editing<T>, sent: T, kept: Kept<T>, at: number): Editing<T> {
  return { kept, draft: same(e.draft, sent) ? kept.value : e.draft, theirs: null, savedAt: at };
}

/** The service was asked again: a newer version is no conflict unless there is a draft that it would lose. */
export function found<T>(e: Editing<T> | null, kept: Kept<T>): Editing<T> {
  if (e === null || !unsaved(e) || same(e.draft, kept.value)) {
    return e !== null && e.kept.version === kept.version ? e : open(kept);
  }
  return e.kept.version === kept.version ? e : { ...e, theirs: kept };
}

/** The draft goes on, now knowing of theirs: saving it puts it in their place. */
export function keptOurs<T>(e: Editing<T>): Editing<T> {
  return e.theirs === null ? e : { ...e, kept: e.theirs, theirs: null };
}

/** The draft is dropped for theirs. */
export function tookTheirs<T>(e: Editing<T>): Editing<T> {
  return e.theirs === null ? e : open(e.theirs);
}
