// SPDX-License-Identifier: AGPL-3.0-or-later
/** The way round the server for the first manager of an organisation: request out, certificate in, as files. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../../chat/browser/texts.ts";
import type { Enrolling } from "../desk/enrol.ts";
import { TroubleLine, useActing } from "../parts/action.tsx";
import type { Enrolment } from "../state/enrolment.ts";

interface OfflineRootProps {
  readonly server: Enrolment;
  readonly enrolling: Enrolling;
  readonly changed: (server: Enrolment) => void;
}

export function OfflineRoot({ server, enrolling, changed }: OfflineRootProps): JSX.Element {
  const { trouble, run } = useActing();
  const chosen = (input: HTMLInputElement): void => {
    const file = input.files?.[0];
    if (file === undefined) return;
    void run(async () => changed(await enrolling.importCertificate(await file.text())));
  };
  return (
    <details class="offline">
      <summary>{t("The root key is on another computer")}</summary>
      <ol>
        <li>
          <RequestFile server={server} enrolling={enrolling} />
        </li>
        <li>
          {t(
            "Carry it to the computer with the root key and certify it there. Compare the fingerprints aloud.",
          )}
        </li>
        <li>
          <label for="certificate-file">{t("Bring the certificate back and choose it here:")}</label>
          <input id="certificate-file" type="file" onChange={(event) => chosen(event.currentTarget)} />
          <TroubleLine trouble={trouble} />
        </li>
      </ol>
    </details>
  );
}

/** The file is made when the page is shown, so that the link is an ordinary download. */
function RequestFile({ server, enrolling }: Omit<OfflineRootProps, "changed">): JSX.Element | null {
  const [address, setAddress] = useState<string | null>(null);
  const [fingerprint, setFingerprint] = useState("");
  useEffect(() => {
    let made: string | null = null;
    const make = async (): Promise<void> => {
      const file = await enrolling.file(server);
      made = URL.createObjectURL(new Blob([file.text], { type: "text/plain" }));
      setAddress(made);
      setFingerprint(file.fingerprint);
    };
    void make();
    return () => (made === null ? undefined : URL.revokeObjectURL(made));
  }, [enrolling]);
  if (address === null) return null;
  return (
    <>
      <a class="button" href={address} download="kentering-request.txt">
        {t("Save the request as a file")}
      </a>
      <p>
        {t("Its fingerprint:")} <span class="fingerprint">{fingerprint}</span>
      </p>
    </>
  );
}
