// SPDX-License-Identifier: AGPL-3.0-or-later
/** A manager's place: inviting, certifying, renewing, removing. */

import type { JSX } from "preact";
import { t, tn } from "../../../chat/browser/texts.ts";
import { http } from "../desk/http.ts";
import { renew } from "../desk/team.ts";
import { Action, TroubleLine } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import type { Loaded } from "../parts/loaded.ts";
import { useLoaded } from "../parts/loaded.ts";
import { dateText } from "../parts/times.ts";
import type { Due } from "../state/certificate_ends.ts";
import { due, endOf, live } from "../state/certificate_ends.ts";
import { renewalDue } from "../state/certificates.ts";
import type { Device, Person } from "../state/people.ts";
import { rolesText } from "../state/people.ts";
import { CertificateLine } from "./head.tsx";
import { InviteForm } from "./invite.tsx";
import { Pending } from "./pending.tsx";
import { RemoveDevice, RemovePerson } from "./remove.tsx";

/** How often new requests are looked for while this place is open, in milliseconds. */
const LOOK_EVERY = 10_000;

export function TeamView(): JSX.Element {
  const app = useApp();
  const manager = app.mine.value?.manager;
  const invitations = useLoaded(async () => (await http.invitations()).invitations, LOOK_EVERY);
  const staff = useLoaded(async () => (await http.staff()).staff);
  const again = async (): Promise<void> => {
    await Promise.all([invitations.again(), staff.again()]);
  };
  return (
    <main class="page wide">
      <h1>{t("Team")}</h1>
      {manager !== undefined && <CertificateLine standing={manager} manager={true} />}
      <TroubleLine trouble={invitations.trouble ?? staff.trouble} />
      <Ending all={due(staff.value ?? [], app.clock.value / 1000)} changed={staff.again} />
      <Pending invitations={invitations.value ?? []} changed={again} />
      <InviteForm invited={invitations.again} />
      <People staff={staff} />
    </main>
  );
}

/** Certificates near their end, before everything else: who is forgotten here can't help anybody. */
function Ending({ all, changed }: { all: readonly Due[]; changed: () => Promise<void> }): JSX.Element | null {
  const app = useApp();
  const issuer = app.mine.value?.issuer ?? null;
  if (all.length === 0) return null;
  const renewAll = async (): Promise<void> => {
    if (issuer === null) return;
    // One that can't be renewed any more must not keep the others from it.
    const done = await Promise.allSettled(all.map(({ device }) => renew(issuer, app.trust, device)));
    await changed();
    if (all.some(({ device }) => device.this)) await app.refresh();
    const failed = done.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
  return (
    <section class="ending" aria-labelledby="ending-title">
      <h2 id="ending-title">
        {tn("{n} certificate is near its end", "{n} certificates are near their end", all.length)}
      </h2>
      <ul class="plain">
        {all.map(({ person, device, end }) => (
          <li key={device.id}>
            <strong>{person.alias}</strong>
            <span>
              {end <= app.clock.value / 1000
                ? t("ended on {date}", { date: dateText(end * 1000) })
                : t("until {date}", { date: dateText(end * 1000) })}
            </span>
          </li>
        ))}
      </ul>
      {issuer !== null && (
        <Action look="primary" work={renewAll}>
          {t("Renew all of them")}
        </Action>
      )}
    </section>
  );
}

function People({ staff }: { staff: Loaded<Person[]> }): JSX.Element {
  return (
    <section aria-labelledby="people-title">
      <h2 id="people-title">{t("People")}</h2>
      <ul class="rows">
        {(staff.value ?? []).map((person) => (
          <PersonRow key={person.id} person={person} changed={staff.again} />
        ))}
      </ul>
    </section>
  );
}

function PersonRow({ person, changed }: { person: Person; changed: () => Promise<void> }): JSX.Element {
  const app = useApp();
  const own = app.me.value?.person.id === person.id;
  return (
    <li class="row-item person">
      <p>
        <strong>{person.alias}</strong>
        <span class="small">{rolesText(person.roles)}</span>
      </p>
      {!own && <RemovePerson person={person} removed={changed} />}
      <ul class="rows inner">
        {live(person.devices).map((device) => (
          <DeviceRow key={device.id} device={device} changed={changed} />
        ))}
      </ul>
    </li>
  );
}

function DeviceRow({ device, changed }: { device: Device; changed: () => Promise<void> }): JSX.Element {
  const app = useApp();
  const issuer = app.mine.value?.issuer ?? null;
  const end = endOf(device);
  const ending = end !== null && renewalDue(end, app.clock.value / 1000);
  const renewNow = async (): Promise<void> => {
    if (issuer === null) return;
    await renew(issuer, app.trust, device);
    await changed();
    if (device.this) await app.refresh();
  };
  return (
    <li class="row-item">
      <p>
        {device.this ? t("This browser") : t("Device")}
        <span class="small">
          {end === null ? t("No certificate") : t("Certificate until {date}", { date: dateText(end * 1000) })}
        </span>
      </p>
      {ending && issuer !== null && (
        <Action look="primary" work={renewNow}>
          {t("Renew the certificate")}
        </Action>
      )}
      {!device.own && <RemoveDevice device={device} removed={changed} />}
    </li>
  );
}
