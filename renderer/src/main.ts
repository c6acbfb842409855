/** Puts the screen together. */
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import { openPageBackend } from './backend/backend.ts';
import Root from './Root.svelte';
import { App } from './state/app.svelte.ts';
import { applyTheme, Preferences } from './state/preferences.svelte.ts';
import { Router } from './state/router.svelte.ts';

// First, because a sign-in code must leave the address at once.
const opening = openPageBackend(window);

const preferences = new Preferences(localStorage);
applyTheme(document.documentElement, preferences.theme);

const backend = await opening;
const router = new Router(window);
const target = document.getElementById('app');
if (target !== null) mount(Root, { target, props: { app: new App(backend, router, preferences) } });
