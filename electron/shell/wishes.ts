/** What other processes and the system want from the running desktop. */
import { app } from 'electron';
import { isDeepLink } from './deep-link.ts';

/** A second start, a link, or a click on the dock. */
export type Wish = { folder?: string | undefined; link?: string | undefined };

export type Wishes = { serve(fulfil: (wish: Wish) => void): void };

/** Listens from now on. Wishes may come before the desktop stands; they wait until they are served. */
export function collectWishes(platform: NodeJS.Platform): Wishes {
  const waiting: Wish[] = [];
  let fulfil = (wish: Wish): void => {
    waiting.push(wish);
  };
  app.on('second-instance', (_event, _argv, _folder, data) => fulfil(readWish(data)));
  // macOS hands links to the running application.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    fulfil({ link });
  });
  if (platform === 'darwin') app.on('activate', () => fulfil({}));
  return {
    serve(serving) {
      fulfil = serving;
      for (const wish of waiting.splice(0)) serving(wish);
    },
  };
}

/** The second process has read its own arguments, because Chromium reorders those that the event carries. */
function readWish(data: unknown): Wish {
  const { folder, link } = (data ?? {}) as { folder?: unknown; link?: unknown };
  return {
    folder: typeof folder === 'string' ? folder : undefined,
    link: typeof link === 'string' && isDeepLink(link) ? link : undefined,
  };
}
