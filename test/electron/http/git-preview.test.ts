/** A preview of a pull over loopback, and who has had enough of waiting for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../../../electron/http/app.ts';
import { startServer } from '../../../electron/http/server.ts';
import { git } from '../../adapters/git-subjects.ts';
import { must } from '../../support/device.ts';
import { isAlive } from '../../support/is-alive.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bearer, token } from '../../support/tiny-app.ts';
import { openEngine, startHost } from '../host/support/hosts.ts';
import { makeRepository } from '../host/support/repositories.ts';

test('a preview that nobody waits for any more asks the remote no longer', async () => {
  const place = makeRepository({ 'AGENTS.md': '# Agents\n' });
  const seen = join(temporaryFolder(), 'ssh-pid');
  git(place.project, 'config', 'core.sshCommand', `sh -c 'echo $$ > "${seen}"; exec sleep 1000' --`);
  git(place.project, 'remote', 'add', 'origin', 'ssh://host.example/site.git');
  const { host } = await startHost(place);
  await openEngine(host, place.project);
  const hosts: string[] = [];
  const options = { host, token, allowedHosts: () => hosts, dev: true, runDoctor: async () => [] };
  const app = createApp({ ...options, staticFolder: temporaryFolder() });
  const server = must(await startServer(app.fetch, { port: 0, host: '127.0.0.1' }));
  onTestFinished(() => server.close());
  hosts.push(`127.0.0.1:${server.port}`);

  const waits = new AbortController();
  const headers = { ...bearer, 'content-type': 'application/json' };
  const how = { method: 'POST', headers, body: '{}', signal: waits.signal };
  const asking = fetch(`http://127.0.0.1:${server.port}/api/git/preview`, how);
  const pid = () => Number(readFileSync(seen, 'utf8'));
  await vi.waitFor(() => expect(pid()).toBeGreaterThan(0), { timeout: 10_000 });
  waits.abort();
  await expect(asking).rejects.toThrow();
  await vi.waitFor(() => expect(isAlive(pid())).toBe(false), { timeout: 10_000 });
});
