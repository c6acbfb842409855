/** What the preload of the desktop window adds to the page: only what a browser lacks (DESIGN section 4). */
export type SkeinShell = {
  /** The system's folder dialog; null when the user cancelled it. */
  chooseFolder(): Promise<string | null>;
  getStartAtLogin(): Promise<boolean>;
  setStartAtLogin(on: boolean): Promise<void>;
  /** `darwin`, `win32` or `linux`. */
  platform: string;
};
