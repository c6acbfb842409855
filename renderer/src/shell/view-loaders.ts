/** Which component shows which route. All but the overview load when they are first visited. */
import type { Component } from 'svelte';
import type { Route } from '../state/routes.ts';

export type ViewName = Route['view'];
// Each view reads its own kind of route; CurrentView only ever passes the matching one.
export type ViewComponent = Component<{ route: never }>;
type Loader = () => Promise<{ default: unknown }>;

const loaderByView: Readonly<Record<ViewName, Loader>> = {
  overview: () => import('../views/OverviewView.svelte'),
  changes: () => import('../views/ChangesView.svelte'),
  change: () => import('../views/ChangeView.svelte'),
  files: () => import('../views/FilesView.svelte'),
  file: () => import('../views/FileView.svelte'),
  reports: () => import('../views/ReportsView.svelte'),
  report: () => import('../views/ReportView.svelte'),
  inbox: () => import('../views/InboxView.svelte'),
  conflict: () => import('../views/ConflictView.svelte'),
  peers: () => import('../views/PeersView.svelte'),
  git: () => import('../views/GitView.svelte'),
  activity: () => import('../views/ActivityView.svelte'),
  search: () => import('../views/SearchView.svelte'),
  similar: () => import('../views/SimilarView.svelte'),
  knowledge: () => import('../views/KnowledgeView.svelte'),
  settings: () => import('../views/SettingsView.svelte'),
  welcome: () => import('../views/WelcomeView.svelte'),
  unknown: () => import('../views/UnknownView.svelte'),
};

/** Views whose code or style sheet did not arrive. */
const failed = new Set<ViewName>();

/** Rejects when the code of a view does not arrive, and then again until the page is loaded anew. */
export async function loadView(view: ViewName): Promise<ViewComponent> {
  // A style sheet that failed once is never asked for again; without it the view would show naked.
  if (failed.has(view)) throw new Error(`The view ${view} did not load before.`);
  try {
    const loaded = await loaderByView[view]();
    return loaded.default as ViewComponent;
  } catch (cause) {
    failed.add(view);
    throw cause;
  }
}
