// SPDX-License-Identifier: AGPL-3.0-or-later
/** A device is lost or stolen: what to do, step by step, with the acts in place. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { GRACE } from "../../../../chat/browser/sealing/api.ts";
import { t } from "../../../../chat/browser/texts.ts";
import { http } from "../../desk/http.ts";
import { inviteDevice } from "../../desk/team.ts";
import { Action, TroubleLine } from "../../parts/action.tsx";
import { useApp } from "../../parts/context.ts";
import { CopyField } from "../../parts/copy.tsx";
import type { Loaded } from "../../parts/loaded.ts";
import { useLoaded } from "../../parts/loaded.ts";
import { dateText } from "../../parts/times.ts";
import { endOf, lastEnd, live } from "../../state/certificate_ends.ts";
import type { Person } from "../../state/people.ts";
import { RemoveDevice } from "../remove.tsx";

export function LostDevicePage(): JSX.Element {
  const app = useApp();
  const staff = useLoaded(async () => (await http.staff()).staff);
  const [id, setId] = useState<string | null>(null);
  const person = staff.value?.find((one) => one.id === id) ?? null;
  return (
    <>
      <p>
        {t(
          "Do the first two steps at once; the rest can wait until you have spoken with the person. Nothing that was written stays on a device: texts are gone when the desk is closed.",
        )}
      </p>
      <TroubleLine trouble={staff.trouble} />
      <ol class="steps">
        <li>
          <h2>{t("Whose device is it?")}</h2>
          <p class="field short">
            <label for="lost-person">{t("Person")}</label>
            <select
              id="lost-person"
              value={id ?? ""}
              onChange={(event) => setId(event.currentTarget.value || null)}
            >
              <option value="">{t("Choose a person")}</option>
              {(staff.value ?? []).map((one) => (
                <option key={one.id} value={one.id}>
                  {one.alias}
                </option>
              ))}
            </select>
          </p>
        </li>
        <li>
          <h2>{t("Remove the device")}</h2>
          {person === null ? (
            <p class="small">{t("Choose a person first.")}</p>
          ) : (
            <Remove person={person} staff={staff} />
          )}
        </li>
        <li>
          <h2>{t("Speak with the person")}</h2>
          <ul class="points">
            <li>
              {t(
                "Was the device unlocked, or is its code known to somebody? Then whoever has it saw what was on the screen.",
              )}
            </li>
            <li>
              {t(
                "Are the passkeys kept in an account, such as Apple's or Google's? The person changes that account's password, and takes the lost device out of it.",
              )}
            </li>
            <li>{t("Is a one-time link on the device that nobody has used? Cancel it under Team.")}</li>
          </ul>
        </li>
        <li>
          <h2>{t("Give a new device")}</h2>
          {person === null ? (
            <p class="small">{t("Choose a person first.")}</p>
          ) : (
            <Replace key={person.id} person={person} />
          )}
        </li>
        <li>
          <h2>{t("What stays open, and until when")}</h2>
          <Bound person={person} />
        </li>
      </ol>
      <p class="row">
        <button
          type="button"
          class="button"
          onClick={() => {
            app.place.value = "team";
          }}
        >
          {t("To the team")}
        </button>
      </p>
    </>
  );
}

function Remove({ person, staff }: { person: Person; staff: Loaded<Person[]> }): JSX.Element {
  const devices = live(person.devices);
  if (devices.length === 0)
    return (
      <p role="status">{t("{alias} has no device any more: all are signed out.", { alias: person.alias })}</p>
    );
  return (
    <>
      <p class="small">{t("Two that look alike? Remove both: a new one is made in some minutes.")}</p>
      <ul class="rows">
        {devices.map((device) => {
          const end = endOf(device);
          return (
            <li key={device.id} class="row-item">
              <p>
                <strong>{device.this ? t("This browser") : t("Device")}</strong>
                <span class="small">
                  {t("Since {date}", { date: dateText(Date.parse(device.created)) })}
                  {end !== null && `, ${t("certificate until {date}", { date: dateText(end * 1000) })}`}
                </span>
              </p>
              <RemoveDevice device={device} removed={staff.again} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Replace({ person }: { person: Person }): JSX.Element {
  const app = useApp();
  const [link, setLink] = useState<string | null>(null);
  const make = async (): Promise<void> => {
    const me = app.me.value;
    if (me !== null) setLink(await inviteDevice(app.store, me.origin, person.id));
  };
  if (link === null) {
    return (
      <>
        <p>{t("Make a link, hand it over yourself, and certify the new device under Team.")}</p>
        <Action work={make}>{t("Make a link for {alias}", { alias: person.alias })}</Action>
      </>
    );
  }
  return (
    <CopyField id="lost-link" label={t("The link for the new device. It is shown only now.")} text={link} />
  );
}

/** What no removal can take back; said plainly, with its date. */
function Bound({ person }: { person: Person | null }): JSX.Element {
  const app = useApp();
  const revoked = person?.devices.filter((device) => device.revoked !== null) ?? [];
  const end = lastEnd(revoked, app.clock.value / 1000, GRACE);
  const manages = revoked.some((device) => device.certificates.manager !== null);
  return (
    <>
      <p>
        {t(
          "Our server refuses a removed device at once. A certificate itself can't be called back: somebody who has the device, can unlock it, and also controls our server could still pose as its owner until the certificate ends.",
        )}
      </p>
      {end !== null && person !== null && (
        <p class="warning">
          {t("For the removed devices of {alias}, that is {date}.", {
            alias: person.alias,
            date: dateText(end * 1000),
          })}
        </p>
      )}
      {manages && (
        <p class="warning">
          {t(
            "A manager's device can certify others. Tell whoever keeps the root key today, and look under Team for people and devices that you don't know.",
          )}
        </p>
      )}
    </>
  );
}
