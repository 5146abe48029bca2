// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * A view drawn again only when one of its properties is another value than before: what does not change
 * costs nothing. Only for views that read no signal; those are drawn when their signals change anyway.
 */

import type { ComponentType, JSX } from "preact";
import { Component, h } from "preact";

export function memo<P extends object>(View: (props: P) => JSX.Element | null): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const names = Object.keys(next) as (keyof P)[];
      return names.some((name) => next[name] !== (this.props as P)[name]);
    }

    render(): JSX.Element {
      return h(View, this.props as P);
    }
  };
}
