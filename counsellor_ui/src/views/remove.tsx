// SPDX-License-Identifier: AGPL-3.0-or-later
/** Removing a device or a person: asked once more, in place. */

import type { JSX } from "preact";
import { t } from "../../../chat/browser/texts.ts";
import { http } from "../desk/http.ts";
import { Asked } from "../parts/asked.tsx";
import type { Device, Person } from "../state/people.ts";

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
  const question = device.this
    ? t("You will be signed out here. Conversations that are open here are left alone.")
    : t("It is signed out at once. Conversations that are open there are left alone.");
  return (
    <Asked first={t("Remove")} question={question} work={remove}>
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
  const remove = async (): Promise<void> => {
    await http.removePerson(person.id);
    await removed();
  };
  return (
    <Asked
      first={t("Remove from the team")}
      question={t("All devices of {alias} are signed out at once.", { alias: person.alias })}
      work={remove}
    >
      {t("Remove {alias}", { alias: person.alias })}
    </Asked>
  );
}
