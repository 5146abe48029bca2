// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One active desk tab in a browser. The Web Lock answers at once, also for a tab that hangs; the server
 * decides between connections. Both are convenience: correctness comes from fresh epochs.
 */

const LOCK = "kentering-desk";

/**
 * Hold the lock until `release` is called or the tab closes. Resolves with `release`, or with null when
 * another tab has it; `steal` takes it from there. `lost` is called when another tab takes it from us.
 */
export function holdTab(steal: boolean, lost: () => void): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    const held = navigator.locks.request(LOCK, options, (lock) => {
      if (lock === null) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(lost); // AbortError: another tab stole it
  });
}
