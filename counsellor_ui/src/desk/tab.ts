// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * One active desk tab in a browser. The Web Lock answers at once, also for a tab that hangs; the server
 * decides between browsers. Both are convenience: correctness comes from fresh epochs.
 */

const LOCK = "kentering-desk";

/**
 * Hold the lock until this tab closes. Resolves with whether it is ours now; `steal` takes it from
 * another tab. `lost` is called when another tab takes it from us later.
 */
export function holdTab(steal: boolean, lost: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    const held = navigator.locks.request(LOCK, options, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<never>(() => undefined);
    });
    held.catch(lost); // AbortError: another tab stole it
  });
}
