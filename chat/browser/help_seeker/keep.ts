// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Where the sealed blob for a reload lies: the session storage of this one tab.
 *
 * The name is neutral, the content ciphertext under a key whose other half the server holds. A browser
 * may forbid storage altogether; then the page works, and says that a reload loses the conversation.
 */

const NAME = "kentering";

export interface Keep {
  /** Null: nothing is kept, or nothing can be. */
  read(): string | null;
  /** False when the browser keeps nothing. */
  write(text: string): boolean;
  /** Forget everything of this origin in this tab. */
  clear(): void;
}

export function sessionKeep(storage: () => Storage = () => sessionStorage): Keep {
  // Reading the property `sessionStorage` is what throws where storage is forbidden, hence the function.
  return {
    read() {
      try {
        return storage().getItem(NAME);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        storage().setItem(NAME, text);
        return true;
      } catch {
        return false;
      }
    },
    clear() {
      try {
        storage().clear();
      } catch {
        // nothing is kept where nothing can be
      }
    },
  };
}
