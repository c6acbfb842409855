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
  activity: () => import('../views/ActivityView.svelte'),
  settings: () => import('../views/SettingsView.svelte'),
  welcome: () => import('../views/WelcomeView.svelte'),
  unknown: () => import('../views/UnknownView.svelte'),
};

export async function loadView(view: ViewName): Promise<ViewComponent> {
  const loaded = await loaderByView[view]();
  return loaded.default as ViewComponent;
}
