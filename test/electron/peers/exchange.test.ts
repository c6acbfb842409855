/** What paired devices exchange, and what they do not, as their rights and the network allow. */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../electron/http/metrics.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';
import { makeStranger } from '../../support/stranger.ts';

const workspaceOf = (device: Device): string => device.host.workspaces()[0]?.workspace ?? '';

async function pairOf(
  options: Parameters<typeof pairDevices>[2] = { ownDevice: true },
): Promise<{ desk: Device; lap: Device }> {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, options);
  return { desk, lap };
}

const journal = 'docs/passation_claude.md';

test('one side that can be reached is enough for both', async () => {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  must(await lap.host.peers.changeNetwork({ listen: 'off' }));
  await pairDevices(desk, lap, { ownDevice: true });
  desk.write(journal, 'from the desk\n');
  await lap.until(() => lap.text(journal) === 'from the desk\n');
  lap.write(journal, 'from the desk\nfrom the lap\n');
  await desk.until(() => desk.text(journal) === 'from the desk\nfrom the lap\n');
  await desk.until(() => desk.peer('lap').state === 'synced');
  expect(desk.peer('lap')).toMatchObject({ reach: 'in', problem: null });
  expect(lap.peer('desk')).toMatchObject({ reach: 'out', problem: null });
});

test('instructions of a device that is not trusted wait for approval; notes do not', async () => {
  const { desk, lap } = await pairOf({});
  desk.write('AGENTS.md', '# Agents\nObey the desk.\n');
  desk.write(journal, 'a note\n');
  await lap.until(() => lap.text(journal) === 'a note\n' && lap.engine.heldChanges().length > 0);
  expect(lap.text('AGENTS.md')).toBe('# Agents\n');
  must(
    await lap.host.peers.share({ id: lap.peer('desk').id, workspace_id: workspaceOf(lap), trusted: true }),
  );
  desk.write('AGENTS.md', '# Agents\nObey the desk, please.\n');
  await lap.until(() => lap.text('AGENTS.md') === '# Agents\nObey the desk, please.\n');
});

test('a device that may not write is given everything, and says why it gives nothing', async () => {
  const { desk, lap } = await pairOf();
  must(
    await desk.host.peers.share({ id: desk.peer('lap').id, workspace_id: workspaceOf(desk), write: false }),
  );
  await lap.restart();
  desk.write(journal, 'from the desk\n');
  await lap.until(() => lap.text(journal) === 'from the desk\n');
  lap.write('ROADMAP.md', 'mine\n');
  await lap.until(() => lap.peer('desk').problem?.code === 'peer-refused');
  expect(lap.peer('desk').problem?.message).toBe('desk takes no changes of this device in this workspace.');
  must(
    await desk.host.peers.share({ id: desk.peer('lap').id, workspace_id: workspaceOf(desk), write: true }),
  );
  const [result] = must(await desk.host.peers.sync({ direction: 'take' }));
  expect(result).toMatchObject({ name: 'lap', pushed: 0, problem: null });
  await desk.until(() => desk.text('ROADMAP.md') === 'mine\n');
});

test('a device that gets only some files sees nothing of the others', async () => {
  const { desk, lap } = await pairOf();
  const id = desk.peer('lap').id;
  must(await desk.host.peers.share({ id, workspace_id: workspaceOf(desk), patterns: ['docs/**'] }));
  desk.write('ROADMAP.md', 'secret\n');
  desk.write(journal, 'open\n');
  await lap.until(() => lap.text(journal) === 'open\n' && lap.peer('desk').behind === 0);
  expect(lap.text('ROADMAP.md')).toBeUndefined();
  expect(lap.engine.log.changes({ limit: 100 }).map(({ path }) => path)).not.toContain('ROADMAP.md');
  const bad = await desk.host.peers.share({
    id,
    workspace_id: workspaceOf(desk),
    patterns: ['docs/[z-a].md'],
  });
  expect(bad).toMatchObject({ error: { code: 'bad-input' } });
});

test.each(['on', 'off'] as const)(
  'a device that may read more gets what was hidden from it, when it listens: %s',
  async (listen) => {
    const repository = makeRepository();
    const desk = await startDevice({ name: 'desk', repository });
    const lap = await startDevice({ name: 'lap', repository });
    must(await lap.host.peers.changeNetwork({ listen }));
    await pairDevices(desk, lap, { ownDevice: true });
    const share = { id: desk.peer('lap').id, workspace_id: workspaceOf(desk) };
    must(await desk.host.peers.share({ ...share, patterns: ['docs/**'] }));
    desk.write('ROADMAP.md', 'secret\n');
    desk.write(journal, 'open\n');
    await lap.until(() => lap.text(journal) === 'open\n' && lap.peer('desk').behind === 0);
    await lap.restart();
    must(await desk.host.peers.share({ ...share, patterns: [] }));
    // Who cannot be called hears of it when it asks.
    if (listen === 'off') must(await lap.host.peers.sync({ direction: 'take' }));
    await lap.until(() => lap.text('ROADMAP.md') === 'secret\n');
    expect(lap.engine.log.changes({ limit: 100 }).map(({ path }) => path)).toContain('ROADMAP.md');
  },
);

test('a device takes only the files that it wants, and the rest when it wants more, after a restart too', async () => {
  const { desk, lap } = await pairOf();
  const share = { id: lap.peer('desk').id, workspace_id: workspaceOf(lap) };
  must(await lap.host.peers.share({ ...share, takes: ['docs/**'] }));
  expect(lap.peer('desk').workspaces).toMatchObject([{ takes: ['docs/**'] }]);
  // The desk knows it from the next question.
  must(await lap.host.peers.sync({ direction: 'take' }));
  const long = Array.from({ length: 5_000 }, (_, line) => `- ${line * line}`).join('\n');
  const before = desk.peer('lap').bytes_out;
  desk.write('ROADMAP.md', long);
  desk.write(journal, 'wanted\n');
  await lap.until(() => lap.text(journal) === 'wanted\n' && lap.peer('desk').behind === 0);
  expect(lap.engine.log.changes({ limit: 100 }).map(({ path }) => path)).toContain('ROADMAP.md');
  expect(lap.text('ROADMAP.md')).toBeUndefined();
  expect(desk.peer('lap').bytes_out - before).toBeLessThan(long.length / 4);
  await lap.restart();
  expect(lap.text('ROADMAP.md')).toBeUndefined();
  must(await lap.host.peers.share({ ...share, takes: [] }));
  await lap.until(() => lap.text('ROADMAP.md') === long);
});

test('a workspace that is shared no longer is refused in words, and is found again when shared', async () => {
  const { desk, lap } = await pairOf({});
  const change = { id: desk.peer('lap').id, workspace_id: workspaceOf(desk) };
  must(await desk.host.peers.share({ ...change, shared: false }));
  const [result] = must(await lap.host.peers.sync({}));
  expect(result?.problem).toMatchObject({
    code: 'peer-refused',
    message: 'desk does not share this workspace with this device.',
  });
  expect(lap.peer('desk').state).toBe('refused');
  must(await desk.host.peers.share({ ...change, shared: true }));
  expect(must(await lap.host.peers.sync({}))).toMatchObject([{ problem: null }]);
});

test('two repositories without a common commit are joined when both agree', async () => {
  const desk = await startDevice({ name: 'desk', repository: makeRepository({ 'ROADMAP.md': 'same\n' }) });
  const lap = await startDevice({
    name: 'lap',
    repository: makeRepository({ 'ROADMAP.md': 'same\n', 'docs/x.md': 'x\n' }),
  });
  await pairDevices(desk, lap);
  const [ours, theirs] = [workspaceOf(desk), workspaceOf(lap)];
  expect(ours).not.toBe(theirs);
  must(await desk.host.peers.share({ id: desk.peer('lap').id, workspace_id: ours, theirs }));
  must(await lap.host.peers.sync({}));
  must(await lap.host.peers.share({ id: lap.peer('desk').id, workspace_id: theirs, theirs: ours }));
  desk.write(journal, 'joined\n');
  await lap.until(() => lap.text(journal) === 'joined\n');
});

test('what was trusted and known survives a restart; a broken file of peers trusts nobody and is kept', async () => {
  const { desk, lap } = await pairOf();
  desk.write(journal, 'before\n');
  await lap.until(() => lap.text(journal) === 'before\n');
  await lap.restart();
  desk.write(journal, 'after\n');
  await lap.until(() => lap.text(journal) === 'after\n');
  await lap.stop();
  writeFileSync(join(lap.dataFolder, 'peers.json'), '{"peers": [');
  await lap.restart();
  expect(lap.host.peers.list()).toEqual([]);
  const [result] = must(await desk.host.peers.sync({}));
  expect(result?.problem?.code).toMatch(/^peer-/);
});

test('a peer that is revoked is cut off at once, and learns it in words', async () => {
  const { desk, lap } = await pairOf();
  await lap.until(() => lap.peer('desk').state === 'synced');
  expect(must(await desk.host.peers.revoke(desk.peer('lap').id))).toBe(true);
  // The port closes with the last peer; another one keeps it open.
  must(await desk.host.peers.changeNetwork({ listen: 'on' }));
  must(await lap.host.peers.change({ id: lap.peer('desk').id, addresses: [desk.address()] }));
  const [result] = must(await lap.host.peers.sync({}));
  expect(result?.problem?.message).toBe(
    'desk does not know this device: they were never paired, or the pairing was revoked there.',
  );
  desk.write(journal, 'secret\n');
  await desk.until(() => desk.engine.log.changes({ limit: 1, path: journal }).length === 1);
  expect(lap.text(journal)).toBeUndefined();
});

test('since a stamp: what is later, in the order of stamps, to the last of the page', async () => {
  const { desk, lap } = await pairOf();
  for (const text of ['one\n', 'two\n', 'three\n']) {
    desk.write(journal, text);
    await lap.until(() => lap.text(journal) === text);
  }
  await lap.stop();
  const peer = makeStranger(JSON.parse(readFileSync(join(lap.dataFolder, 'device.json'), 'utf8')));
  const port = desk.host.peers.network().listening?.port ?? 0;
  type Page = { changes: { hlc: string }[]; watermark: string; has_more: boolean };
  const pageAfter = async (since: string): Promise<Page> => {
    const said = await peer.ask(port, `/sync/changes?workspace=${workspaceOf(desk)}&since=${since}&limit=2`);
    return JSON.parse(said.text) as Page;
  };
  const stamps: string[] = [];
  for (let since = '0'.repeat(32), more = true; more; ) {
    const page = await pageAfter(since);
    expect(page.watermark).toBe(page.changes.at(-1)?.hlc ?? since);
    stamps.push(...page.changes.map(({ hlc }) => hlc));
    [since, more] = [page.watermark, page.has_more];
  }
  expect(stamps).toEqual(stamps.toSorted());
  expect(stamps.length).toBeGreaterThanOrEqual(4);
  expect(await pageAfter('f'.repeat(32))).toMatchObject({
    changes: [],
    watermark: 'f'.repeat(32),
    has_more: false,
  });
  const watermark = JSON.parse((await peer.ask(port, `/sync/watermark?workspace=${workspaceOf(desk)}`)).text);
  expect(watermark).toMatchObject({ hlc: stamps.at(-1), node_id: desk.engine.replication.node });
});

test('the metrics say how far each peer is', async () => {
  const { desk, lap } = await pairOf();
  desk.write(journal, 'counted\n');
  await lap.until(() => lap.text(journal) === 'counted\n');
  await desk.until(() => desk.peer('lap').state === 'synced');
  const metrics = createMetrics(desk.host, Date.now);
  const text = await (await metrics.answer(new Request('http://x/api/metrics'))).text();
  metrics.close();
  const labels = `peer="${desk.peer('lap').id}",name="lap"`;
  expect(text).toContain(`sync_peer_behind_changes{${labels}} 0`);
  expect(text).toContain(`sync_peer_failures{${labels}} 0`);
  expect(text).toMatch(new RegExp(`sync_peer_sent_bytes\\{${labels}\\} [1-9]`));
  expect(text).toMatch(new RegExp(`sync_peer_last_exchange_timestamp_seconds\\{${labels}\\} [1-9]`));
});

/** A wire that can be cut, in front of a device's port. */
async function cuttable(target: () => string): Promise<{ address: string; cut(): void; mend(): void }> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const [host, port] = target().split(':');
    const onward = connect(Number(port), host);
    for (const it of [socket, onward]) {
      open.add(it);
      it.on('error', () => {}).on('close', () => open.delete(it));
    }
    socket.pipe(onward).pipe(socket);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    cut() {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
  };
}

test('a wire that was cut in the middle is taken up where it broke', async () => {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  // Nobody calls the lap, so the wire stays the only way.
  must(await lap.host.peers.changeNetwork({ listen: 'off' }));
  await pairDevices(desk, lap, { ownDevice: true });
  const wire = await cuttable(desk.address);
  must(await lap.host.peers.change({ id: lap.peer('desk').id, addresses: [wire.address] }));
  await lap.restart();
  expect(must(await lap.host.peers.sync({}))).toMatchObject([{ problem: null }]);
  wire.cut();
  desk.write(journal, 'while apart\n');
  lap.write('ROADMAP.md', 'apart, too\n');
  await desk.until(() => desk.engine.log.changes({ limit: 1, path: journal }).length === 1);
  const [failed] = must(await lap.host.peers.sync({}));
  expect(failed?.problem?.code).toBe('peer-unreachable');
  wire.mend();
  await lap.until(() => lap.text(journal) === 'while apart\n');
  await desk.until(() => desk.text('ROADMAP.md') === 'apart, too\n');
});
