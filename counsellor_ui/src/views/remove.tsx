// SPDX-License-Identifier: AGPL-3.0-or-later
/** Removing a device or a person: asked once more, in place, with what exactly happens then. */

import type { JSX } from "preact";
import { GRACE } from "../../../chat/browser/sealing/api.ts";
import { t } from "../../../chat/browser/texts.ts";
import { http } from "../desk/http.ts";
import { now } from "../desk/random.ts";
import { Asked } from "../parts/asked.tsx";
import { dateText } from "../parts/times.ts";
import { lastEnd } from "../state/certificate_ends.ts";
import type { Device, Person } from "../state/people.ts";

/** A removal is our server's doing; what it can't do ends with the certificate. */
function bound(devices: readonly Device[], alias: string): readonly string[] {
  const end = lastEnd(devices, now(), GRACE);
  if (end === null) return [];
  return [
    t(
      "A certificate can't be called back. Somebody who has the device and also controls our server could still pose as {alias} until {date}.",
      { alias, date: dateText(end * 1000) },
    ),
  ];
}

export function RemoveDevice({
  device,
  removed,
}: {
  device: Device;
  removed: () => Promise<void>;
}): JSX.Element {
  const remove = async (): Promise<void> => {
    await http.revokeDevice(device.id);
    if (device.this) location.reload();
    await removed();
  };
  const points = [
    t(
      "Conversations that are open there end there at once. The people in them are told, come first in the waiting room, and start anew with a colleague.",
    ),
    ...bound([device], device.alias),
  ];
  return (
    <Asked
      first={t("Remove")}
      question={
        device.this ? t("You will be signed out here.") : t("It is signed out at once, and stays out.")
      }
      points={points}
      work={remove}
    >
      {t("Remove this device")}
    </Asked>
  );
}

export function RemovePerson({
  person,
  removed,
}: {
  person: Person;
  removed: () => Promise<void>;
}): JSX.Element {
  const { alias } = person;
  const remove = async (): Promise<void> => {
    await http.removePerson(person.id);
    await removed();
  };
  const points = [
    t(
      "Conversations that {alias} has open end there at once. The people in them are told, come first in the waiting room, and start anew with a colleague.",
      { alias },
    ),
    ...bound(person.devices, alias),
  ];
  return (
    <Asked
      first={t("Remove from the team")}
      question={t("All devices of {alias} are signed out at once, and stay out.", { alias })}
      points={points}
      work={remove}
    >
      {t("Remove {alias}", { alias })}
    </Asked>
  );
}
