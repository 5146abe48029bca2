// SPDX-License-Identifier: AGPL-3.0-or-later
/** How long and how often a conversation waits for something, in milliseconds. */

/** How long a refusal that passes by itself (too fast, store away, lane full) is waited out. */
export const PASSING = 3_000;
/** How often another solution is made when one is not taken. */
export const MOST_UNPAID = 3;
/** The seat's own clock: acknowledgements, and the resume after 20 s without one. */
export const TICK = 1_000;
/** After a talk it may be said how it feels. */
export const ASKS_AFTER = 600_000;
