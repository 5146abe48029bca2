// SPDX-License-Identifier: AGPL-3.0-or-later
/** What differs between two states of something, side by side. */

import type { JSX } from "preact";
import { t } from "../../../../chat/browser/texts.ts";
import type { Labelled } from "../../state/manage/differences.ts";
import { differences } from "../../state/manage/differences.ts";

interface DifferenceListProps {
  readonly before: readonly Labelled[];
  readonly after: readonly Labelled[];
  readonly names: readonly [string, string];
}

export function DifferenceList({ before, after, names }: DifferenceListProps): JSX.Element {
  const all = differences(before, after);
  if (all.length === 0) return <p>{t("Both say the same.")}</p>;
  return (
    <table class="differences">
      <thead>
        <tr>
          <th scope="col">{t("What")}</th>
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((one) => (
          <tr key={one.key}>
            <th scope="row">{one.label}</th>
            <td>{one.before ?? t("not there")}</td>
            <td>{one.after ?? t("not there")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
