/** What the desktop draws itself. Here it only keeps what it was told; a probe may replace any of it. */
import { EventEmitter } from 'node:events';

type ItemOptions = {
  label?: string;
  role?: string;
  type?: string;
  enabled?: boolean;
  submenu?: ItemOptions[];
  click?: (item: MenuItem) => void;
};

class MenuItem {
  readonly label: string;
  readonly enabled: boolean;
  readonly type: string;
  readonly submenu: Menu | undefined;
  readonly #click: ItemOptions['click'];

  constructor(options: ItemOptions) {
    this.label = options.label ?? options.role ?? '';
    this.enabled = options.enabled ?? true;
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.submenu = options.submenu === undefined ? undefined : Menu.buildFromTemplate(options.submenu);
    this.#click = options.click;
  }

  click(): void {
    if (this.enabled) this.#click?.(this);
  }
}

export class Menu {
  readonly items: MenuItem[] = [];
  static #ofApplication: Menu | null = null;

  static buildFromTemplate(template: ItemOptions[]): Menu {
    const menu = new Menu();
    menu.items.push(...template.map((options) => new MenuItem(options)));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApplication = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#ofApplication;
  }
}

export class Tray extends EventEmitter {
  setImage(_image: unknown): void {}
  setToolTip(_text: string): void {}
  setTitle(_text: string): void {}
  setContextMenu(_menu: Menu): void {}
  destroy(): void {}
}

export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { title?: string; body?: string }) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {}
  close(): void {}
}

export const dialog = {
  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    return { canceled: true, filePaths: [] };
  },
  showErrorBox(_title: string, _content: string): void {},
};

export const shell = {
  async openExternal(_url: string): Promise<void> {},
};

export const nativeImage = {
  createFromPath: (path: string): { isEmpty(): boolean; path: string } => ({ isEmpty: () => false, path }),
};

/** Seals as the system would, so far as a reader of the file can tell; `standIn` is what the system offers. */
export const safeStorage = {
  standIn: { available: true, backend: 'gnome_libsecret' },
  isEncryptionAvailable: (): boolean => safeStorage.standIn.available,
  getSelectedStorageBackend: (): string => safeStorage.standIn.backend,
  encryptString: (text: string): Buffer => Buffer.from(`v10${[...text].reverse().join('')}`),
  decryptString(sealed: Buffer): string {
    if (sealed.toString('latin1', 0, 3) !== 'v10') throw new Error('Error while decrypting the ciphertext.');
    return [...sealed.toString().slice(3)].reverse().join('');
  },
};

export const powerMonitor = new EventEmitter();

const display = { id: 1, scaleFactor: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
});

type RequestAnswer = (answer: { cancel: boolean }) => void;
type RequestListener = (details: { url: string }, answer: RequestAnswer) => void;

/** Keeps the handlers. Chromium's own permissions stay as they are; requests do ask `onBeforeRequest`. */
class Session {
  permissionRequest: unknown;
  permissionCheck: unknown;
  devicePermission: unknown;
  #beforeRequest: RequestListener = (_details, answer) => answer({ cancel: false });
  readonly webRequest = {
    onBeforeRequest: (listener: RequestListener) => {
      this.#beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: unknown): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: unknown): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: unknown): void {
    this.devicePermission = handler;
  }

  /** Whether the shell lets a request out. */
  lets(url: string): Promise<boolean> {
    return new Promise((resolve) => this.#beforeRequest({ url }, ({ cancel }) => resolve(!cancel)));
  }
}

export const session = { defaultSession: new Session() };
