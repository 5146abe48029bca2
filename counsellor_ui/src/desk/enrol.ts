// SPDX-License-Identifier: AGPL-3.0-or-later
/** Enrolling this browser by a link: see state/enrolment.ts for the order and the reasons. */

import type { SigningKey } from "../../../chat/browser/sealing/api.ts";
import {
  createStaffKey,
  enrolmentRequest,
  fromBase64url,
  loadStaffKey,
  managerFingerprint,
  managerRequest,
  readCertificateFile,
  SealingError,
  toBase64url,
} from "../../../chat/browser/sealing/api.ts";
import type { Enrolment, Progress } from "../state/enrolment.ts";
import { readLink } from "../state/enrolment.ts";
import { http } from "./http.ts";
import { makePasskey } from "./passkeys.ts";
import { sha256 } from "./random.ts";
import type { KeptEnrolment, Store } from "./store.ts";

/** There is only ever one link at work in a browser. */
const KEPT = "link";

export class Enrolling {
  readonly #store: Store;
  #kept: KeptEnrolment;

  private constructor(store: Store, kept: KeptEnrolment) {
    this.#store = store;
    this.#kept = kept;
  }

  /** From the fragment, or from where a closed tab stopped; null: there is no link at all. */
  static async open(store: Store, fragment: string): Promise<Enrolling | null> {
    const kept = await store.get("enrolment", KEPT);
    const link = readLink(fragment);
    if (link === null) return kept === null ? null : new Enrolling(store, kept);
    if (kept !== null && toBase64url(kept.invId) === toBase64url(link.invId))
      return new Enrolling(store, kept);
    const fresh = new Enrolling(store, { ...link, keyName: null, passkey: false, alias: "" });
    await fresh.#keep({});
    return fresh;
  }

  /** Signed in and certified, or the link is no longer good: it is of no use any more. */
  static forget(store: Store): Promise<void> {
    return store.remove("enrolment", KEPT);
  }

  get progress(): Progress {
    return { key: this.#kept.keyName !== null, passkey: this.#kept.passkey };
  }

  get alias(): string {
    return this.#kept.alias;
  }

  state(): Promise<Enrolment> {
    return http.enrolment(this.#invId);
  }

  /** Make the key, try it, and ask the browser to keep it (`createStaffKey` does both). @throws SealingError no_ed25519, not_kept */
  async makeKey(alias: string): Promise<void> {
    const name = toBase64url(await sha256(this.#kept.invId));
    const key = (await loadStaffKey(name)) ?? (await createStaffKey(name));
    await this.#store.put("keys", toBase64url(key.ed), name);
    await this.#keep({ keyName: name, alias });
  }

  async makePasskey(): Promise<Enrolment> {
    const after = await makePasskey(this.#invId);
    await this.#keep({ passkey: true });
    return after;
  }

  async request(): Promise<Enrolment> {
    return http.enrolRequest(await this.#request());
  }

  /** The request as a file for the offline root, and the number that two people compare aloud. */
  async file(server: Enrolment): Promise<{ text: string; fingerprint: string }> {
    const key = await this.#key();
    const id = fromBase64url(server.staff);
    const { alias } = this.#kept;
    return {
      text: await managerRequest(key, id, alias),
      fingerprint: await managerFingerprint(id, key.ed, alias),
    };
  }

  /** A certificate file that came back from the offline root. @throws SealingError bad_text */
  async importCertificate(text: string): Promise<Enrolment> {
    return http.enrolCertificate(this.#invId, toBase64url(readCertificateFile(text)));
  }

  get #invId(): string {
    return toBase64url(this.#kept.invId);
  }

  async #request(): Promise<{ inv_id: string; ed: string; hmac: string; sig: string; alias: string }> {
    const { invId, invite, alias } = this.#kept;
    const bytes = await enrolmentRequest(await this.#key(), invId, invite);
    return {
      inv_id: toBase64url(invId),
      ed: toBase64url(bytes.slice(0, 32)),
      hmac: toBase64url(bytes.slice(32, 64)),
      sig: toBase64url(bytes.slice(64)),
      alias,
    };
  }

  async #key(): Promise<SigningKey> {
    const key = this.#kept.keyName === null ? null : await loadStaffKey(this.#kept.keyName);
    if (key === null) throw new SealingError("not_kept");
    return key;
  }

  async #keep(change: Partial<KeptEnrolment>): Promise<void> {
    this.#kept = { ...this.#kept, ...change };
    await this.#store.put("enrolment", KEPT, this.#kept);
  }
}
