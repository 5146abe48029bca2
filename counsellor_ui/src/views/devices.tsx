// SPDX-License-Identifier: AGPL-3.0-or-later
/** One's own devices: which there are, a further one by link, removing one. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import { http } from "../desk/http.ts";
import { inviteDevice } from "../desk/team.ts";
import { Action, TroubleLine } from "../parts/action.tsx";
import { useApp } from "../parts/context.ts";
import { CopyField } from "../parts/copy.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { dateText } from "../parts/times.ts";
import type { Device } from "../state/people.ts";
import { CertificateLine } from "./head.tsx";
import { RemoveDevice } from "./remove.tsx";

export function DevicesView(): JSX.Element {
  const app = useApp();
  const me = app.me.value;
  const mine = app.mine.value;
  const [link, setLink] = useState<string | null>(null);
  const devices = useLoaded(async () => (await http.devices()).devices.filter((device) => device.own));
  const add = async (): Promise<void> => {
    if (me !== null) setLink(await inviteDevice(app.store, me.origin, null));
  };
  return (
    <main class="page wide">
      <h1>{t("Your devices")}</h1>
      {mine !== null && mine.staff.kind !== "missing" && (
        <CertificateLine standing={mine.staff} manager={false} />
      )}
      <p>
        {t(
          "Each browser you work in is a device, with a key and a passkey of its own. Remove one you no longer have.",
        )}
      </p>
      <p>
        {t(
          "Is a device lost or stolen? Remove it here, or call a manager at once: either cuts it off within seconds.",
        )}
      </p>
      <TroubleLine trouble={devices.trouble} />
      <ul class="rows">
        {(devices.value ?? []).map((device) => (
          <Row key={device.id} device={device} removed={devices.again} />
        ))}
      </ul>
      <h2>{t("A further device")}</h2>
      {link === null ? (
        <Action work={add}>{t("Make a link")}</Action>
      ) : (
        <>
          <CopyField
            id="device-link"
            label={t("Open this link once, in the other browser. It is shown only now.")}
            text={link}
          />
          <p>
            {t(
              "A manager then certifies the device. Give the manager this link too, outside of this service: it proves that the request is yours.",
            )}
          </p>
        </>
      )}
    </main>
  );
}

function Row({ device, removed }: { device: Device; removed: () => Promise<void> }): JSX.Element {
  const made = dateText(Date.parse(device.created));
  return (
    <li class="row-item">
      <p>
        <strong>{device.this ? t("This browser") : t("Another browser")}</strong>
        <span class="small">
          {device.revoked === null
            ? t("Since {date}", { date: made })
            : t("Removed on {date}", { date: dateText(Date.parse(device.revoked)) })}
        </span>
      </p>
      {device.revoked === null && <RemoveDevice device={device} removed={removed} />}
    </li>
  );
}
