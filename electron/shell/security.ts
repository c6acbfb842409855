/**
 * What keeps the window a window onto Skein and nothing else (DESIGN section 7): no navigation away, no pop-ups,
 * no webviews, no permissions, nothing loaded from elsewhere. Electron's security checklist is the source.
 */
import { app, type Session, session, shell, type WebContents, type WebPreferences } from 'electron';
import type { Log } from '../engine/ports.ts';
import { appOrigin, appScheme } from './destination.ts';

/** The settings of every window. */
export function safePreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    // It would fetch dictionaries from the network.
    spellcheck: false,
  };
}

/** True for an address of our own screen. */
export function isOurs(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${appScheme}:` && `${url.protocol}//${url.host}` === appOrigin;
}

/** Before the app is ready: every renderer runs in the sandbox, whatever a window asks for. */
export function enforceSandbox(): void {
  // The superuser cannot have one and must say so; Electron would take that word away and then not start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
}

/** When the app is ready, before the first window. */
export function guardContents(log: Log): void {
  guardSession(session.defaultSession, log);
  app.on('web-contents-created', (_event, contents) => guard(contents, log));
}

function guard(contents: WebContents, log: Log): void {
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event) => refuseToLeave(event, log));
  contents.on('will-redirect', (event) => refuseToLeave(event, log));
  // The main frame has had its say in will-navigate; a frame inside never opens the browser.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame && !isOurs(event.url)) event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url, log);
    return { action: 'deny' };
  });
}

function refuseToLeave(event: { url: string; preventDefault(): void }, log: Log): void {
  if (isOurs(event.url)) return;
  event.preventDefault();
  openOutside(event.url, log);
}

/** A link to the web opens in the user's browser. Other schemes could start programs, so they go nowhere. */
function openOutside(address: string, log: Log): void {
  const protocol = URL.parse(address)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') {
    log.warn('A link was not followed, because it is no web address.', { protocol: protocol ?? 'none' });
    return;
  }
  shell.openExternal(address).catch((cause: unknown) => log.warn('The browser did not open.', { cause }));
}

function guardSession(it: Session, log: Log): void {
  it.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    const granted = mayUse(permission, requestingUrl);
    if (!granted) log.warn('The screen asked for a permission and did not get it.', { permission });
    answer(granted);
  });
  it.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin));
  it.setDevicePermissionHandler(() => false);
  it.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url) }));
}

/** Only copying text, which the page can do on a click alone: there are buttons for it. Nothing else, not even to us. */
const mayUse = (permission: string, asker: string): boolean =>
  permission === 'clipboard-sanitized-write' && isOurs(asker);

/** Ours, what our own script made, and the developer tools. */
function mayLoad(address: string): boolean {
  const protocol = URL.parse(address)?.protocol ?? '';
  return isOurs(address) || ['blob:', 'data:', 'devtools:'].includes(protocol);
}
