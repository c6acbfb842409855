/**
 * The desktop as a process of its own, under plain Node on the stand-in: `node stand-in-process.ts ENTRY ARGS…`.
 * Quits when told to by a message, and tells at its end what errors the user saw.
 */
import { registerHooks } from 'node:module';
import { app } from '../support/electron-stand-in/app.ts';
import { closeChromium } from '../support/electron-stand-in/chromium.ts';
import { closeSchemeServer } from '../support/electron-stand-in/scheme-server.ts';
import { installProbe, type Probe } from './probe.ts';

const standIn = new URL('../support/electron-stand-in/electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});

const [entry = '', ...args] = process.argv.slice(2);
installProbe(await import('electron'));
process.argv = ['electron', ...args];
process.on('message', () => app.quit());
await import(entry);
app.becomeReady();

const exitCode = await app.exited;
await closeChromium();
await closeSchemeServer();
const { errors } = (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;
process.send?.({ errors }, () => process.exit(exitCode));
