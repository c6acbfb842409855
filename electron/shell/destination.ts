/** Places of the screen that the shell can lead to, and their addresses. */

export const plainViews = [
  'overview',
  'changes',
  'files',
  'reports',
  'inbox',
  'peers',
  'git',
  'activity',
  'knowledge',
  'settings',
] as const;
export type PlainView = (typeof plainViews)[number];

/** `workspace` is needed only when several are open. */
export type Destination = { workspace?: string | undefined } & (
  | { view: PlainView }
  | { view: 'change'; position: number }
  | { view: 'file'; path: string }
  | { view: 'report'; stamp: string }
  /** An empty question leads to an empty search. */
  | { view: 'search'; question: string }
);

export const appScheme = 'skein';
export const appOrigin = `${appScheme}://app`;

/** The address of a destination inside the window, for example `skein://app/change/12?workspace=a1`. */
export function destinationUrl(destination: Destination): string {
  const { workspace } = destination;
  const asked =
    destination.view === 'search' && destination.question !== '' ? destination.question : undefined;
  const query = Object.entries({ q: asked, workspace })
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encodeURIComponent(value)}`))
    .join('&');
  return `${appOrigin}${pathOf(destination)}${query === '' ? '' : `?${query}`}`;
}

function pathOf(destination: Destination): string {
  switch (destination.view) {
    case 'overview':
      return '/';
    case 'change':
      return `/change/${destination.position}`;
    case 'file':
      return `/file/${destination.path.split('/').map(encodeURIComponent).join('/')}`;
    case 'report':
      return `/report/${destination.stamp}`;
    default:
      return `/${destination.view}`;
  }
}
