/** Choices that belong to this screen, kept in the browser, and the theme, which belongs to the installation. */
export type Theme = 'system' | 'light' | 'dark';
export type Shelf = { getItem(key: string): string | null; setItem(key: string, value: string): void };

const themes: readonly Theme[] = ['system', 'light', 'dark'];

export class Preferences {
  /** The last theme we know, so that a page in the dark does not start with a white flash. */
  theme: Theme = $state('system');
  diffLayout: 'inline' | 'side-by-side' = $state('inline');
  pendingBy: 'file' | 'agent' = $state('file');
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.theme = themes.find((theme) => theme === shelf.getItem('skein.theme')) ?? 'system';
    this.diffLayout = shelf.getItem('skein.diff-layout') === 'side-by-side' ? 'side-by-side' : 'inline';
    this.pendingBy = shelf.getItem('skein.pending-by') === 'agent' ? 'agent' : 'file';
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme;
    this.#shelf.setItem('skein.theme', theme);
  }

  chooseDiffLayout(layout: 'inline' | 'side-by-side'): void {
    this.diffLayout = layout;
    this.#shelf.setItem('skein.diff-layout', layout);
  }

  choosePendingBy(by: 'file' | 'agent'): void {
    this.pendingBy = by;
    this.#shelf.setItem('skein.pending-by', by);
  }
}

/** The theme as CSS reads it; `system` leaves the choice to the system. */
export function applyTheme(root: { dataset: DOMStringMap }, theme: Theme): void {
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}
