/** The address bar as state: history routing with real addresses, so that every screen can be linked to. */
import { type Route, readRoute, writeRoute } from './routes.ts';

export type RouterPage = {
  location: { pathname: string; search: string; origin: string };
  history: Pick<History, 'pushState' | 'replaceState' | 'state'>;
  addEventListener(name: 'popstate', listener: () => void): void;
};

export class Router {
  route: Route = $state.raw({ view: 'overview' });
  /** The workspace that the address names; undefined means the only one. */
  workspace: string | undefined = $state();
  /** Identity of the history entry, under which its scroll position is kept. */
  entry = $state('0');
  readonly #page: RouterPage;
  #entries = 0;

  constructor(page: RouterPage) {
    this.#page = page;
    this.#read();
    page.addEventListener('popstate', () => this.#read());
  }

  /** An address inside Skein, keeping the workspace that the user looks at. */
  address(route: Route): string {
    return writeRoute(route, this.workspace);
  }

  go(route: Route): void {
    this.goTo(this.address(route));
  }

  goTo(address: string): void {
    this.#entries += 1;
    this.#page.history.pushState({ entry: `${Date.now()}-${this.#entries}` }, '', address);
    this.#read();
  }

  /** Changes the address without a step for the back button, for example while a filter is adjusted. */
  replace(route: Route): void {
    this.#page.history.replaceState(this.#page.history.state, '', this.address(route));
    this.#read();
  }

  /** Looks at another workspace, from its overview. */
  chooseWorkspace(id: string | undefined): void {
    this.goTo(writeRoute({ view: 'overview' }, id));
  }

  #read(): void {
    const { pathname, search } = this.#page.location;
    const state = this.#page.history.state as { entry?: string } | null;
    this.workspace = new URLSearchParams(search).get('workspace') ?? undefined;
    this.route = readRoute(pathname, search);
    this.entry = state?.entry ?? '0';
  }
}

/** True for a click that the browser should handle itself: a new tab, a download, another site. */
export function leavesTheApp(event: MouseEvent, link: HTMLAnchorElement, origin: string): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
  return modified || link.target !== '' || link.hasAttribute('download') || link.origin !== origin;
}
