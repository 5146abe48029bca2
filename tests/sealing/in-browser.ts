// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs in a real browser (chromium.ts): keys that stay in IndexedDB, two seats that talk, every vector, and what
// this browser makes for Python to open.

import {
  type Bytes,
  certId,
  createStaffKey,
  forgetStaffKey,
  HelpSeekerSeat,
  loadStaffKey,
  makeBody,
  type Outgoing,
  openBlob,
  parseCertificate,
  Role,
  type SeatPorts,
  type SigningKey,
  StaffSeat,
  sealBlob,
  signCertificate,
  type Trust,
} from "../../chat/browser/sealing/api.ts";
import { sha256 } from "../../chat/browser/sealing/labels.ts";
import { fromBrowser } from "./from-browser.ts";
import { check } from "./vector-checks.ts";
import { parse } from "./vector-file.ts";

export interface Report {
  /** Alias and lines of a conversation, as both sides have them in the end. */
  readonly said: readonly string[];
  readonly forgotten: boolean;
  /** How many cases of each vector file were tried. */
  readonly checked: Readonly<Record<string, number>>;
  /** Those that did not hold, and what went wrong. */
  readonly failed: readonly string[];
  /** Vectors of this browser's own making. */
  readonly made: string;
}

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const now = () => Date.now() / 1000;

async function certificate(
  key: SigningKey,
  issuer: SigningKey,
  issuerId: Bytes,
  role: Role,
  alias: string,
): Promise<Bytes> {
  const issued = Math.floor(now());
  const fields = {
    role,
    id: random(16),
    ed: key.ed,
    issuer: issuerId,
    issued,
    notAfter: issued + 86_400,
    alias,
  };
  return signCertificate(issuer, makeBody(fields));
}

async function keys(): Promise<{
  readonly trust: Trust;
  readonly staff: Bytes;
  readonly manager: Bytes;
  readonly anna: SigningKey;
}> {
  const [root, above] = [await createStaffKey("root"), await createStaffKey("manager")];
  await createStaffKey("anna");
  const anna = await loadStaffKey("anna");
  if (anna === null) throw new Error("the key was not kept");
  const manager = await certificate(above, root, await sha256(root.ed), Role.manager, "Maria");
  const staff = await certificate(
    anna,
    above,
    await certId(parseCertificate(manager)),
    Role.counsellor,
    "Anna",
  );
  return { trust: { roots: [root.ed], revoked: [], built: 0, demo: true }, staff, manager, anna };
}

async function talk(): Promise<string[]> {
  const { trust, staff, manager, anna } = await keys();
  const [sid, d, half] = [random(16), random(32), random(32)];
  const links: { to: "h" | "s"; out: Outgoing }[] = [];
  let blob: Bytes = new Uint8Array(0);
  const ports = (to: "h" | "s"): SeatPorts => ({
    send: (out) => void links.push({ to, out }),
    persist: async (state) => {
      if (to === "s") blob = await sealBlob(sid, d, half, state);
    },
    changed: () => undefined,
    now,
    random,
  });
  const s = StaffSeat.fresh(sid, 0, { staff, manager, sign: (bytes) => anna.sign(bytes) }, ports("h"));
  let h = HelpSeekerSeat.fresh(sid, 0, trust, ports("s"));
  const deliver = async () => {
    for (let next = links.shift(); next !== undefined; next = links.shift()) {
      const { to, out } = next;
      if (out.kind === "offer") await h.offered(out.offer, out.staff, out.manager);
      if (out.kind === "hello") await s.answered(out.m1);
      if (out.kind === "resume") await s.askedResume(out.certId);
      if (out.kind === "reply") await h.replied(out.m2).then(() => h.delivered(out.ready));
      if (out.kind === "envelope") await (to === "h" ? h : s).delivered(out.envelope);
    }
  };
  await h.compose("The weather is mild");
  await s.offer(1, 0);
  await deliver();
  await s.compose("Here too");
  await deliver();
  h = HelpSeekerSeat.restore(await openBlob(blob, half), trust, ports("s"));
  return [
    h.peer()?.alias ?? "",
    ...h.lines().map((line) => line.text),
    ...s.lines().map((line) => line.text),
  ];
}

async function vectors(): Promise<Pick<Report, "checked" | "failed">> {
  const files: [name: string, text: string][] = await (await fetch("/vectors")).json();
  const checked: Record<string, number> = {};
  const failed: string[] = [];
  for (const [name, text] of files) {
    const cases = parse(text);
    checked[name] = cases.length;
    for (const c of cases)
      await check(c).catch((error) => void failed.push(`${name}: ${c.kind} ${c.about}: ${error}`));
  }
  return { checked, failed };
}

async function report(): Promise<Report> {
  const said = await talk();
  await forgetStaffKey("anna");
  const forgotten = (await loadStaffKey("anna")) === null;
  return { said, forgotten, ...(await vectors()), made: await fromBrowser() };
}

const body = await report().then(JSON.stringify, (error) => JSON.stringify({ failed: [String(error)] }));
await fetch("/report", { method: "POST", body });
