// SPDX-License-Identifier: AGPL-3.0-or-later
/** What staff say to each other, for the views: the talks as a signal, and every act of the person as a method. */

import { signal } from "@preact/signals";
import type { Bytes, StaffIdentity, Trust } from "../../chat/browser/sealing/api.ts";
import { now, random } from "./desk/random.ts";
import { SideChannels } from "./desk/side_channels.ts";
import type { PeerFrame } from "./desk/switchboard.ts";
import type { SideEvent } from "./state/side_talk.ts";
import { NO_TALKS, step } from "./state/side_talk.ts";

export interface SideTalkingPorts {
  send(to: Bytes, body: Bytes): boolean;
  /** A colleague has written. */
  wrote(): void;
}

export class SideTalking {
  readonly talks = signal(NO_TALKS);
  /** The list of colleagues is open. */
  readonly looking = signal(false);
  readonly #ports: SideTalkingPorts;
  #channels: SideChannels | null = null;

  constructor(ports: SideTalkingPorts) {
    this.#ports = ports;
  }

  start(identity: StaffIdentity, trust: Trust): void {
    this.#channels?.stop();
    const { send, wrote } = this.#ports;
    const tell = (event: SideEvent): void => this.#tell(event);
    this.#channels = new SideChannels({ identity, trust, send, wrote, tell, now, random });
  }

  stop(): void {
    this.#channels?.stop();
    this.#channels = null;
    this.talks.value = NO_TALKS;
    this.looking.value = false;
  }

  /** Begin with a colleague's desk, or show what is there. */
  open(device: string, staff: string): void {
    this.#channels?.open(device, staff);
    this.show(device);
  }

  show(device: string | null): void {
    this.#tell({ kind: "show", device });
  }

  draft(device: string, text: string): void {
    this.#tell({ kind: "draft", device, text });
  }

  /** The text leaves the field at once, and comes back to it if it could not be taken. */
  async say(device: string, text: string): Promise<void> {
    this.draft(device, "");
    if (!((await this.#channels?.say(device, text)) ?? false)) this.draft(device, text);
  }

  async close(device: string): Promise<void> {
    await this.#channels?.close(device);
    this.#tell({ kind: "put_away", device });
  }

  received(frame: PeerFrame): void {
    this.#channels?.received(frame);
  }

  welcomed(): void {
    this.#channels?.welcomed();
  }

  tick(): void {
    this.#channels?.tick();
  }

  #tell(event: SideEvent): void {
    this.talks.value = step(this.talks.value, event);
  }
}
